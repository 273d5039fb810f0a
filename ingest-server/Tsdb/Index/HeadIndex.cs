using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// The inverted index of the head: label name, value, series. Written in a stage of the commits when a new series has its
/// first sample, read without lock.
/// </summary>
internal sealed class HeadIndex
{
    private readonly BlockSlab _blocks;
    private readonly Retirement _retirement;
    private readonly ulong _seed;
    private readonly ConcurrentDictionary<byte[], LabelValues> _names;
    private readonly ConcurrentDictionary<byte[], LabelValues>.AlternateLookup<ReadOnlySpan<byte>> _namesBySlice;
    private int _nameCount;

    /// <summary>
    /// The names of the series added last, in its order: neighbours mostly have the same, and a comparison costs less than a
    /// look-up. Belongs to the writer.
    /// </summary>
    private readonly List<LabelValues> _namesBefore = [];

    /// <summary>Names whose values have series that no list has yet. Belongs to the writer.</summary>
    private readonly List<LabelValues> _unfinished = [];

    public HeadIndex(BlockSlab blocks, Retirement retirement, ulong seed)
    {
        _blocks = blocks;
        _retirement = retirement;
        _seed = seed;
        Lists = new PostingLists(blocks, retirement);
        _names = new ConcurrentDictionary<byte[], LabelValues>(new Utf8NameComparer(seed));
        _namesBySlice = _names.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Keys the hash tables of names and values.</summary>
    public ulong HashSeed => _seed;

    public PostingLists Lists { get; }

    public SeriesIds Ids { get; } = new();

    /// <summary>How many label names there are; cheap enough for every request.</summary>
    public int NameCount => Volatile.Read(ref _nameCount);

    /// <summary>Label names that some series has.</summary>
    public IEnumerable<LabelValues> Names
    {
        get
        {
            foreach (KeyValuePair<byte[], LabelValues> name in _names)
            {
                if (name.Value.LiveValues > 0)
                {
                    yield return name.Value;
                }
            }
        }
    }

    public bool TryGetName(ReadOnlySpan<byte> name, [MaybeNullWhen(false)] out LabelValues values) =>
        _namesBySlice.TryGetValue(name, out values);

    /// <summary>
    /// Enters a series under all its labels, given in canonical raw form; returns its new id. Lists have it for certain after
    /// <see cref="Finish"/>, which is called once for all series of a request.
    /// </summary>
    public uint Add(ReadOnlySpan<byte> canonicalLabels, uint series, long sequence)
    {
        uint id = Ids.Add(series);
        int place = 0;
        foreach (LabelPair label in new RawLabelsEnumerator(canonicalLabels))
        {
            LabelValues values = ValuesOf(label.Name, place++);
            if (values.Add(label.Value, id, sequence))
            {
                _unfinished.Add(values);
            }
        }

        return id;
    }

    /// <summary>Lets the lists have every series that was entered.</summary>
    public void Finish(long sequence)
    {
        foreach (LabelValues values in _unfinished)
        {
            values.Finish(sequence);
        }

        _unfinished.Clear();
    }

    /// <summary>Takes series out, given their ids and, through their keys, their labels in canonical raw form.</summary>
    public void Remove(List<uint> keys, List<uint> ids, SeriesKeys labels, long sequence)
    {
        _namesBefore.Clear();
        IdSet removed = new(Ids.End);
        removed.Add(CollectionsMarshal.AsSpan(ids));
        LabelsBuilder pair = new();
        HashSet<Labels> done = [];
        HashSet<LabelValues> touched = [];
        foreach (uint key in keys)
        {
            foreach (LabelPair label in new RawLabelsEnumerator(labels.Get(key)))
            {
                // Many removed series share most of their label values: each list is rewritten once.
                if (done.Add(PairOf(pair, label)) && TryGetName(label.Name, out LabelValues? values))
                {
                    values.Remove(label.Value, removed, sequence);
                    touched.Add(values);
                }
            }
        }

        foreach (LabelValues values in touched)
        {
            values.Shrink(sequence);
            if (values.LiveValues == 0)
            {
                RemoveName(values, sequence);
            }
        }

        foreach (uint id in ids)
        {
            Ids.Remove(id);
        }
    }

    /// <summary>Bytes of tables outside the block slab, roughly.</summary>
    public long TableBytes()
    {
        long bytes = Ids.BytesHeld;
        foreach (KeyValuePair<byte[], LabelValues> name in _names)
        {
            bytes += name.Value.TableBytes;
        }

        return bytes;
    }

    private LabelValues ValuesOf(ReadOnlySpan<byte> name, int place)
    {
        if (place < _namesBefore.Count && name.SequenceEqual(_namesBefore[place].Name))
        {
            return _namesBefore[place];
        }

        if (!_namesBySlice.TryGetValue(name, out LabelValues? values))
        {
            byte[] copy = name.ToArray();
            values = new LabelValues(copy, _blocks, Lists, _retirement, _seed);
            _names[copy] = values;
            Volatile.Write(ref _nameCount, _nameCount + 1);
        }

        if (place < _namesBefore.Count)
        {
            _namesBefore[place] = values;
        }
        else
        {
            _namesBefore.Add(values);
        }

        return values;
    }

    private static Labels PairOf(LabelsBuilder pair, LabelPair label)
    {
        pair.Reset();
        pair.Append(label.Name, label.Value);
        return pair.Build();
    }

    private void RemoveName(LabelValues values, long sequence)
    {
        ValueTable table = values.Read();
        for (int index = 0; index < table.Count; index++)
        {
            _retirement.Retire(sequence, RetiredKind.Block, table.Entries[index].Bytes.Value);
        }

        if (_names.TryRemove(values.Name, out _))
        {
            Volatile.Write(ref _nameCount, _nameCount - 1);
        }
    }
}
