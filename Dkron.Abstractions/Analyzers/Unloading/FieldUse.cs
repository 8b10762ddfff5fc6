namespace Dkron.Abstractions.Analyzers.Unloading;

/// <summary>What the code of a type does with one of its fields.</summary>
[Flags]
internal enum FieldUse
{
    None = 0,

    /// <summary>Its value is made here, so that nobody else ends it.</summary>
    Made = 1,

    /// <summary>It is ended here.</summary>
    Ended = 2,

    /// <summary>It is handed on, or comes from elsewhere: whose it is cannot be seen.</summary>
    Foreign = 4,
}
