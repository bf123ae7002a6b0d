"""The one sender: a request as the kit means it, and the way that every byte takes to the target."""
