namespace AmpEdge.Tsdb;

/// <summary>Takes decoded samples, in rising order of time; a struct, so that decoding is compiled for it.</summary>
public interface ISampleSink
{
    void Add(long timestampMs, double value);
}
