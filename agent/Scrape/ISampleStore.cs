using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>Where scrapes leave their samples: the buffer on disk, or a list in tests.</summary>
internal interface ISampleStore
{
    /// <summary>The number of a label set, valid until as many <see cref="Release"/> as acquisitions were made.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="isFirst">True when nobody else refers to the series.</param>
    SeriesRef Acquire(Labels labels, out bool isFirst);

    void Release(SeriesRef series);

    /// <summary>False while memory is full: the series that is about to be taken is left out. Thread-safe and quick.</summary>
    bool TakesSeries() => true;

    /// <summary>
    /// Takes what one scrape gave, samples, native histograms and exemplars, all or none; false when the disk refused
    /// it, which the store has logged and counted. Thread-safe; the batch is free after the call.
    /// </summary>
    bool Append(SampleBatch batch);
}
