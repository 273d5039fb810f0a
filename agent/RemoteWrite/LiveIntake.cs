using System.Runtime.CompilerServices;
using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// Puts records that were just written into the queues of a set of shards, each whole or not at all. Used under the buffer's
/// commit lock only, but for the end.
/// </summary>
internal sealed class LiveIntake(SeriesTable table, WriteRules rules, SeriesCap cap, ValueRounding rounding)
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryTake(in SampleColumns samples, WalPosition record, ShardSet shards)
    {
        using SeriesTable.LabelReader labels = _table.ReadLabels();
        if (!HasRoom(samples, labels, shards))
        {
            return false;
        }

        for (int index = 0; index < samples.Count; index++)
        {
            SeriesRef series = samples.Series[index];
            WriteRuling ruling = _rules.RulingOf(series, labels);
            ulong hash = labels.HashOf(series);
            if (ruling.Kind == WriteRulingKind.Dropped || !cap.Admits(hash))
            {
                continue;
            }

            bool isRewritten = ruling.Kind == WriteRulingKind.Rewritten;
            SeriesRef sent = isRewritten ? ruling.Final : series;
            ReadOnlySpan<byte> payload = samples.Payload(index);
            QueuedEntry entry = new(
                samples.Kind, sent, isRewritten, labels.LengthOf(sent), samples.TimestampsMs[index],
                rounding.Of(samples.Kind, samples.Values[index]), SamplePosition.At(record, index), payload.Length);
            shards.QueueOf(hash).Add(entry, payload);
            labels.Hold(sent);
        }

        for (int shard = 0; shard < shards.Count; shard++)
        {
            shards.Queue(shard).Publish();
        }

        return true;
    }

    public void Forget(SeriesRef series) => _rules.Forget(series);

    /// <summary>Lets go of everything: the destination ended, and is offered nothing any more.</summary>
    public void Clear() => _rules.Clear();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool HasRoom(in SampleColumns samples, SeriesTable.LabelReader labels, ShardSet shards)
    {
        Prepare(shards.Count);
        LeftOut = 0;
        OverCap = 0;
        cap.BeginRecord();
        for (int index = 0; index < samples.Count; index++)
        {
            SeriesRef series = samples.Series[index];
            if (_rules.RulingOf(series, labels).Kind == WriteRulingKind.Dropped)
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
            _bytes[shard] += samples.Payload(index).Length;
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
