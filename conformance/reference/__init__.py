"""The embedded server: it answers as the law says, and shows that a server can."""

from conformance.reference.app import Json, ReferenceServer
from conformance.reference.errors import LogoutError
from conformance.reference.request import LogoutRequest
from conformance.reference.server import Handler, running, serve
from conformance.reference.states import ACCESS_TOKEN, Key, Profile, State

__all__ = [
    "ACCESS_TOKEN",
    "Handler",
    "Json",
    "Key",
    "LogoutError",
    "LogoutRequest",
    "Profile",
    "ReferenceServer",
    "State",
    "running",
    "serve",
]
