namespace AmpEdge.Tests.Support;

/// <summary>What goes wrong at one operation.</summary>
public enum DiskFault
{
    None,

    /// <summary>The disk refuses, and nothing was done.</summary>
    Refused,

    /// <summary>There is no room; half of a write is there.</summary>
    Full,

    /// <summary>A short write: half of it is there. A folder that is deleted keeps half of its files.</summary>
    HalfDone,

    /// <summary>The disk says that it failed though it was done, as a rename whose journal could not be written.</summary>
    DoneButRefused,

    /// <summary>The process ends, in the middle of a write.</summary>
    Crash,
}
