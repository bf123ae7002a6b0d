"""The judges: each rule reads one exchange and says what it breaks. None sends anything or reads a clock."""
