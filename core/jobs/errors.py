"""What can go wrong with jobs, by name."""


class ImpersonalError(Exception):
    """An error whose words hold no personal data: only these are kept with a failed job.

    Subclass it where a handler fails for a reason that helps the operator: a status code, a file's format, a limit.
    """


class OutsideTransactionError(RuntimeError):
    """A job was promised outside a transaction, where the promise could outlive what it is about, or the reverse."""


class NotAnIdError(TypeError):
    """A job was handed something other than the id of a row."""


class UnknownHandlerError(ImpersonalError):
    """No function goes by that name."""


class HandlerNameTakenError(RuntimeError):
    """Two functions want to go by one name."""


class OverdueError(ImpersonalError):
    """A handler ran longer than it may."""


class NotDeadError(Exception):
    """Only a job that gave up can be tried again or dismissed by a person."""
