namespace Dkron.Host.Api;

/// <summary>Why something that was asked for cannot be done.</summary>
internal enum ControlError
{
    /// <summary>It was asked for wrongly. HTTP 400.</summary>
    Invalid,

    /// <summary>There is no job or execution of that name. HTTP 404.</summary>
    NotFound,

    /// <summary>It is not possible as things stand. HTTP 409.</summary>
    Conflict,

    /// <summary>Nobody is there who could do it. HTTP 503.</summary>
    Unavailable,

    /// <summary>It went wrong. HTTP 500.</summary>
    Failed,
}
