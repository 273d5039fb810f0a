using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// A forward-only walk over the series that a selection found in blocks and head, each once, in no promised order unless it
/// was asked for sorted. Only series with a chunk that overlaps the time range appear. Valid until its querier is disposed; one thread at a time.
/// </summary>
public sealed class SelectedSeries
{
    private readonly HeadSelection _head;
    private readonly BlockSeriesMerge? _blocks;

    /// <summary>The current series, once it is to be decoded here.</summary>
    private readonly HeldSeries _current;
    private byte[] _canonical = [];
    private bool _inBlocks;
    private bool _blocksEnded;

    /// <summary>The walk goes by labels: <see cref="_head"/> does so too, and then stands at the least one that is left.</summary>
    private readonly bool _sorted;

    /// <summary>The current series has samples in the head.</summary>
    private bool _inHead;
    private bool _headEnded;

    /// <summary>Writes chunks; null until some are asked for.</summary>
    private ChunkRewriter? _rewriter;

    /// <param name="head">The head's part of the selection.</param>
    /// <param name="blocks">That of the blocks, older ones first; null when none is concerned.</param>
    /// <param name="sorted">The head's part is in the order of labels, and the walk is to be.</param>
    internal SelectedSeries(HeadSelection head, BlockSeriesMerge? blocks, bool sorted = false)
    {
        _sorted = sorted;
        _inHead = sorted;
        _inBlocks = sorted && blocks is not null;
        _head = head;
        _blocks = blocks;
        _blocksEnded = blocks is null;
        _current = NewHold();
    }

    /// <summary>The labels of the current series; made at the first call.</summary>
    public Labels Labels => _inBlocks ? _blocks!.Labels : _head.Labels;

    /// <summary>Some of the labels of the current series.</summary>
    public Labels LabelsOf(KeptLabels kept) => _inBlocks
        ? kept.Of(new LabelsEnumerator(_blocks!.LabelsBlob))
        : kept.Of(new RawLabelsEnumerator(_head.RawLabels));

    /// <summary>Goes to the next series; false at the end.</summary>
    /// <exception cref="OperationCanceledException">The view's token was cancelled.</exception>
    /// <exception cref="BlockCorruptionException">A block cannot be read.</exception>
    public bool MoveNext()
    {
        if (_sorted)
        {
            return MoveNextByLabels();
        }

        // Blocks first, in the order of labels; each of their series finds its part in the head by hash. Then what only the
        // head has.
        if (!_blocksEnded)
        {
            _inBlocks = _blocks!.MoveNext();
            _blocksEnded = !_inBlocks;
            if (_inBlocks)
            {
                _inHead = _head.TryGoTo(Canonical(_blocks.LabelsBlob));
                return true;
            }
        }

        return _inHead = _head.MoveNext();
    }

    /// <summary>
    /// Hands over the current series as chunks of the samples between the times of the selection: those that lie between them
    /// whole, and overlap no others, as they are.
    /// </summary>
    /// <param name="target">The same for all series of a walk.</param>
    /// <exception cref="BlockCorruptionException">A block cannot be read.</exception>
    public void WriteChunks(IChunkSink target)
    {
        _rewriter ??= new ChunkRewriter(target);
        _rewriter.BeginSeries(Labels.Blob);
        HoldCurrent();
        if (!_inBlocks)
        {
            _head.CopyTo(_rewriter);
        }
        else if (_current.IsInOneBlock(out int place))
        {
            _blocks![place].CopyTo(_rewriter);
        }
        else
        {
            RewriteSink sink = new(_rewriter);
            _current.Decode(0, ref sink);
        }

        _rewriter.Finish();
    }

    /// <summary>Hands over the samples between the times of the selection, both inclusive, rising in time.</summary>
    /// <exception cref="BlockCorruptionException">A block cannot be read.</exception>
    public void Decode<TSink>(ref TSink sink)
        where TSink : struct, ISampleSink
    {
        HoldCurrent();
        _current.Decode(0, ref sink);
    }

    /// <summary>Somewhere to hold series of this walk.</summary>
    public HeldSeries NewHold() => new(_head, _blocks);

    /// <summary>Has the current series held, to be decoded when the walk has gone on.</summary>
    public void Hold(HeldSeries held)
    {
        if (_inBlocks)
        {
            foreach (int place in _blocks!.Current)
            {
                held.AddBlock(place);
            }
        }

        if (_inHead)
        {
            held.AddHead();
        }

        held.EndSeries();
    }

    private void HoldCurrent()
    {
        _current.Clear();
        Hold(_current);
    }

    /// <summary>Goes on with the part that stood at the series before, or both, and takes the one that now stands lower.</summary>
    private bool MoveNextByLabels()
    {
        _headEnded = _headEnded || (_inHead && !_head.MoveNext());
        _blocksEnded = _blocksEnded || (_inBlocks && !_blocks!.MoveNext());
        if (_headEnded && _blocksEnded)
        {
            return false;
        }

        int order = _headEnded ? -1 : _blocksEnded ? 1 : Prometheus.Labels.Compare(_blocks!.LabelsBlob, _head.Labels.Blob);
        _inBlocks = order <= 0;
        _inHead = order >= 0;
        return true;
    }

    private ReadOnlySpan<byte> Canonical(ReadOnlySpan<byte> blob)
    {
        int length = RawLabels.Measure(blob);
        if (_canonical.Length < length)
        {
            _canonical = new byte[length * 2];
        }

        RawLabels.Write(blob, _canonical.AsSpan(0, length));
        return _canonical.AsSpan(0, length);
    }
}
