using AmpEdge.Prometheus;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>A write request that a <see cref="RecordingReceiver"/> took.</summary>
/// <param name="Life">What the sender says by <see cref="LifeHeader"/>.</param>
/// <param name="IsAnswered">False when the sender gave up before it was told.</param>
/// <param name="Samples">The samples with the labels of their series.</param>
public sealed record RecordedWrite(string Life, bool IsAnswered, IReadOnlyList<(string Series, Sample Sample)> Samples)
{
    /// <summary>A header that a test's configuration has, so that requests of a process that was killed can be told apart.</summary>
    public const string LifeHeader = "X-Life";
}
