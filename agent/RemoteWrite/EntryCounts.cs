using System.Runtime.CompilerServices;
using AmpEdge.Agent.Buffer;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>How many entries of each kind there are in a request, or were stored of it.</summary>
internal readonly record struct EntryCounts(int Samples, int Histograms, int Exemplars)
{
    public int Total => Samples + Histograms + Exemplars;

    public static EntryCounts operator -(EntryCounts left, EntryCounts right) => new(
        Math.Max(0, left.Samples - right.Samples),
        Math.Max(0, left.Histograms - right.Histograms),
        Math.Max(0, left.Exemplars - right.Exemplars));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static EntryCounts Of(ReadOnlySpan<EntryPlace> entries)
    {
        int samples = 0;
        int histograms = 0;
        foreach (EntryPlace place in entries)
        {
            samples += place.Entry.Kind == SampleKind.Sample ? 1 : 0;
            histograms += place.Entry.Kind == SampleKind.Histogram ? 1 : 0;
        }

        return new EntryCounts(samples, histograms, entries.Length - samples - histograms);
    }
}
