using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// Puts records that were just written into the queues of a set of shards, each whole or not at all. Used under the buffer's
/// commit lock only.
/// </summary>
internal sealed class LiveIntake(SeriesTable table, WriteRules rules, SeriesCap cap)
{
    private readonly SeriesTable _table = table;
    private readonly LiveRules _rules = new(rules);

    /// <summary>What a record would add to each shard.</summary>
    private int[] _entries = [];
    private long[] _bytes = [];

    /// <summary>How many entries of the record were left out because of the rules, after a successful <see cref="TryTake"/>.</summary>
    public int LeftOut { get; private set; }

    /// <summary>How many were left out because their series is over the cap.</summary>
    public int OverCap { get; private set; }

    /// <summary>False, with nothing taken, when a shard has no room for its part of the record.</summary>
    public bool TryTake(in SampleColumns samples, WalPosition record, ShardSet shards)
    {
        using SeriesTable.LabelReader labels = _table.ReadLabels();
        if (!HasRoom(samples, labels, shards))
        {
            return false;
        }

        for (int index = 0; index < samples.Count; index++)
        {
            SeriesLabels series = _rules.LabelsOf(samples.Series[index], labels);
            if (series.IsDropped || !cap.Admits(series.Hash))
            {
                continue;
            }

            ReadOnlySpan<byte> payload = samples.Payload(index);
            QueuedEntry entry = new(
                samples.Kind, series, samples.TimestampsMs[index], samples.Values[index],
                SamplePosition.At(record, index), series.Blob.Length, payload.Length);
            shards.QueueOf(series.Hash).Add(entry, series.Blob, payload);
        }

        for (int shard = 0; shard < shards.Count; shard++)
        {
            shards.Queue(shard).Publish();
        }

        return true;
    }

    public void Forget(SeriesRef series) => _rules.Forget(series);

    private bool HasRoom(in SampleColumns samples, SeriesTable.LabelReader labels, ShardSet shards)
    {
        Prepare(shards.Count);
        LeftOut = 0;
        OverCap = 0;
        cap.BeginRecord();
        for (int index = 0; index < samples.Count; index++)
        {
            SeriesRef series = samples.Series[index];
            int length = _rules.LengthOf(series, labels);
            if (length == 0)
            {
                LeftOut++;
                continue;
            }

            ulong hash = labels.HashOf(series);
            if (!cap.Admits(hash))
            {
                OverCap++;
                continue;
            }

            int shard = ShardPositions.ShardOf(hash, shards.Count);
            _entries[shard]++;
            _bytes[shard] += length + samples.Payload(index).Length;
        }

        for (int shard = 0; shard < shards.Count; shard++)
        {
            if (_entries[shard] > 0 && !shards.Queue(shard).HasRoom(_entries[shard], _bytes[shard]))
            {
                return false;
            }
        }

        return true;
    }

    private void Prepare(int shards)
    {
        if (_entries.Length < shards)
        {
            _entries = new int[shards];
            _bytes = new long[shards];
        }

        Array.Clear(_entries);
        Array.Clear(_bytes);
    }
}
