namespace AmpEdge.Agent.Scrape;

/// <summary>Batches that scrapes of one job use in turn: a few are enough for many targets. Thread-safe.</summary>
internal sealed class SampleBatchPool
{
    private const int MaxKept = 4;

    private readonly Lock _batchesLock = new();
    private readonly Stack<SampleBatch> _batches = new();

    public SampleBatch Rent()
    {
        lock (_batchesLock)
        {
            return _batches.TryPop(out SampleBatch? batch) ? batch : new SampleBatch();
        }
    }

    /// <summary>Takes a batch back, which nobody else uses any more.</summary>
    public void Return(SampleBatch batch)
    {
        batch.Clear();
        lock (_batchesLock)
        {
            if (_batches.Count < MaxKept)
            {
                _batches.Push(batch);
            }
        }
    }
}
