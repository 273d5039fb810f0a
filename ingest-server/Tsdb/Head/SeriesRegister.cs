using System.Buffers;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Which series there are, by their labels: finds and makes them, lets other forms of the same labels be found too, and takes them out.
/// Thread-safe; looking up takes no lock.
/// </summary>
internal sealed class SeriesRegister(BlockSlab blocks, Retirement retirement, ulong hashSeed)
{
    private const int MaxAliases = 4;
    private const int StackBytes = 1024;

    private readonly Retirement _retirement = retirement;
    private readonly Lock _seriesLock = new();

    public SeriesKeys Keys { get; } = new(blocks, hashSeed);

    public PagedSlab<SeriesEntry> Series { get; } = new();

    /// <summary>See <see cref="Head.GetOrCreateSeries"/>.</summary>
    public uint GetOrCreate(ReadOnlySpan<byte> raw, Labels labels, int maxSeries)
    {
        int length = RawLabels.Measure(labels.Blob);
        if (length > CommitRecord.MaxLabelBytes)
        {
            throw new ArgumentException(
                $"the labels of a series take {length} bytes: allowed are {CommitRecord.MaxLabelBytes}", nameof(labels));
        }

        byte[]? rented = length > StackBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> canonical = rented is null ? stackalloc byte[length] : rented.AsSpan(0, length);
        RawLabels.Write(labels.Blob, canonical);
        uint key;
        lock (_seriesLock)
        {
            key = Keys.Find(canonical, out uint tag);
            key = key != 0 || Series.Used >= maxSeries ? key : CreateUnderLock(canonical, tag);
            if (key != 0 && !raw.SequenceEqual(canonical))
            {
                key = AliasOf(raw, key);
            }
        }

        Return(rented);
        return key;
    }

    /// <summary>Finds the series of a label set without making one; its key, or 0.</summary>
    public uint Find(Labels labels)
    {
        int length = RawLabels.Measure(labels.Blob);
        byte[]? rented = length > StackBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> canonical = rented is null ? stackalloc byte[length] : rented.AsSpan(0, length);
        RawLabels.Write(labels.Blob, canonical);
        uint key = Keys.Find(canonical);
        Return(rented);
        return key;
    }

    /// <summary>The series of a label set, made when there is none; for who has its canonical form, checked.</summary>
    public uint SeriesOf(ReadOnlySpan<byte> canonical)
    {
        lock (_seriesLock)
        {
            uint key = Keys.Find(canonical, out uint tag);
            return Keys.SeriesOf(key != 0 ? key : CreateUnderLock(canonical, tag));
        }
    }

    /// <summary>The series that has the labels of a removed one now; a new one if none has.</summary>
    public uint SuccessorOf(uint removed) => SeriesOf(Keys.Get(Series[removed].Key));

    /// <summary>Takes series out, so that nobody finds them any more; they are released when nobody holds them.</summary>
    /// <param name="removed">The series.</param>
    /// <param name="sequence">The commit from which on they are gone.</param>
    /// <param name="indexedKeys">Gets the keys of those that are in the index.</param>
    /// <param name="ids">Gets their ids there.</param>
    public void Remove(List<uint> removed, long sequence, List<uint> indexedKeys, List<uint> ids)
    {
        HashSet<uint> withAliases = [];
        lock (_seriesLock)
        {
            List<uint> keys = [];
            foreach (uint series in removed)
            {
                ref SeriesEntry entry = ref Series[series];
                keys.Add(entry.Key);
                if (entry.Aliases > 0)
                {
                    withAliases.Add(series);
                }

                if (entry.State == SeriesState.Live)
                {
                    indexedKeys.Add(entry.Key);
                    ids.Add(entry.Id);
                }

                entry.State = SeriesState.Removed;
                _retirement.Retire(sequence, RetiredKind.Series, series);
            }

            if (withAliases.Count > 0)
            {
                keys.RemoveAll(key => withAliases.Contains(Keys.SeriesOf(key)));
                Keys.CollectKeys(withAliases, keys);
            }

            foreach (uint key in keys)
            {
                Keys.Remove(key);
                _retirement.Retire(sequence, RetiredKind.Key, key);
            }
        }
    }

    /// <summary>Gives the memory of a key back that nobody can reach any more.</summary>
    public void ReleaseKey(uint key)
    {
        lock (_seriesLock)
        {
            Keys.Release(key);
            Keys.Shrink();
        }
    }

    /// <summary>The same of a series.</summary>
    public void ReleaseSeries(uint series)
    {
        lock (_seriesLock)
        {
            Series.Return(series);
        }
    }

    private uint CreateUnderLock(ReadOnlySpan<byte> canonical, uint tag)
    {
        uint series = Series.Take();
        uint key = Keys.Prepare(canonical, series);
        ref SeriesEntry entry = ref Series[series];
        entry.Key = key;
        entry.State = SeriesState.Pending;
        Keys.Publish(key, tag);
        return key;
    }

    private uint AliasOf(ReadOnlySpan<byte> raw, uint canonicalKey)
    {
        uint alias = Keys.Find(raw, out uint tag);
        ref SeriesEntry entry = ref Series[Keys.SeriesOf(canonicalKey)];
        if (alias == 0 && entry.Aliases < MaxAliases)
        {
            alias = Keys.Prepare(raw, Keys.SeriesOf(canonicalKey));
            Keys.Publish(alias, tag);
            entry.Aliases++;
        }

        return alias != 0 ? alias : canonicalKey;
    }

    private static void Return(byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
