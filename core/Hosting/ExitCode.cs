namespace AmpEdge.Hosting;

/// <summary>What a program's end says to whoever started it.</summary>
public static class ExitCode
{
    /// <summary>Ended because it was asked to, with everything stopped in time.</summary>
    public const int Success = 0;

    /// <summary>Could not start, lost a part of itself, or could not stop in time.</summary>
    public const int Failure = 1;

    /// <summary>Wrong flags or a wrong configuration file: starting again cannot help.</summary>
    public const int Usage = 2;
}
