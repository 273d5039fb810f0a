namespace AmpEdge.Agent.Tests.RemoteWrite;

/// <summary>Random numbers that fail to come as often as told.</summary>
internal sealed class FailingRandom() : Random(1)
{
    /// <summary>How many of the next fail.</summary>
    public int Failures { get; set; }

    public override int Next() => Failures-- > 0 ? throw new InvalidOperationException("no number") : base.Next();
}
