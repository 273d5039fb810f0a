namespace AmpEdge.Tsdb;

/// <summary>
/// The samples of a request by shard, without moving them: runs of neighbours that belong to one shard, those of each shard
/// in the order of the request. Reused from request to request.
/// </summary>
internal sealed class ShardRuns
{
    /// <summary>Behind the last run of a shard.</summary>
    public const int None = -1;

    private const int FirstRuns = 64;

    /// <summary>Room that is kept from request to request.</summary>
    private const int MaxKeptRuns = 16 * 1024;

    private readonly int[] _firstOf = new int[CommitStages.Shards];
    private readonly int[] _lastOf = new int[CommitStages.Shards];
    private Run[] _runs = new Run[FirstRuns];
    private int _count;

    /// <summary>The first run of a shard, or <see cref="None"/>.</summary>
    public int FirstOf(int shard) => _firstOf[shard];

    public Run this[int run] => _runs[run];

    public void Split(ReadOnlySpan<PendingSample> samples)
    {
        _runs = _runs.Length <= MaxKeptRuns ? _runs : new Run[FirstRuns];
        _count = 0;
        Array.Fill(_firstOf, None);
        int start = 0;
        while (start < samples.Length)
        {
            int shard = CommitStages.ShardOf(samples[start].Series);
            int end = start + 1;
            while (end < samples.Length && CommitStages.ShardOf(samples[end].Series) == shard)
            {
                end++;
            }

            Add(shard, start, end);
            start = end;
        }
    }

    private void Add(int shard, int start, int end)
    {
        if (_count == _runs.Length)
        {
            Array.Resize(ref _runs, _count * 2);
        }

        _runs[_count] = new Run(start, end, None);
        if (_firstOf[shard] == None)
        {
            _firstOf[shard] = _count;
        }
        else
        {
            ref Run last = ref _runs[_lastOf[shard]];
            last = last with { Next = _count };
        }

        _lastOf[shard] = _count++;
    }

    /// <summary>Samples from a place up to another, and the next run of the same shard.</summary>
    public readonly record struct Run(int Start, int End, int Next);
}
