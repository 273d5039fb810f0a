using System.Diagnostics.CodeAnalysis;

namespace AmpEdge.PromQL;

/// <summary>Counts the samples of one query: those held at a time, against the limit, and those looked at in all.</summary>
internal sealed class QueryBudget(long maxSamples)
{
    private long _held;

    /// <summary>The most samples held at one time.</summary>
    public long Peak { get; private set; }

    /// <summary>Samples looked at, once per step that looked.</summary>
    public long TotalSamples { get; private set; }

    /// <summary>How many samples are held now: to be given to <see cref="ReturnTo"/> when they are used up.</summary>
    public long Held => _held;

    public void Hold(long samples)
    {
        _held += samples;
        Peak = Math.Max(Peak, _held);
        if (_held > maxSamples)
        {
            ThrowTooMany();
        }
    }

    /// <summary>Counts what a node needs only while it works on one series.</summary>
    public void HoldForAMoment(long samples)
    {
        Hold(samples);
        _held -= samples;
    }

    /// <summary>A node's inputs are used up: what is held is again what was held before them.</summary>
    public void ReturnTo(long held) => _held = held;

    public void Look(long samples) => TotalSamples += samples;

    [DoesNotReturn]
    private static void ThrowTooMany() => throw new QueryException(
        QueryErrorKind.Execution,
        "query processing would load too many samples into memory in query execution");
}
