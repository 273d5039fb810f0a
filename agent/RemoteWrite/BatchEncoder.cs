using AmpEdge.Agent.Budget;
using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Encodes entries as the body of a write request: one of the two versions, Snappy. Reusable; not thread-safe.</summary>
internal sealed class BatchEncoder
{
    /// <summary>How many times its compressed size a request may have: receivers limit that too.</summary>
    private const int MaxExpansion = 16;

    private readonly DestinationOptions _options;
    private readonly BatchMessage _message;
    private readonly BatchComposer _composer;
    private readonly SnappyPartsEncoder _snappy = new();
    private readonly IRequestWriter _v1 = new RequestWriterV1();
    private readonly Lazy<IRequestWriter> _v2;
    private byte[] _body = [];
    private bool _bodyIsShared;

    public BatchEncoder(
        DestinationOptions options, SeriesTable table, MetadataIndex metadata, TimeProvider time, MemoryBudget? memory = null)
    {
        _options = options;
        _message = new BatchMessage(options, table);
        _composer = new BatchComposer(options, table, _message, _v1, _snappy, time, memory);
        _v2 = new Lazy<IRequestWriter>(() => new RequestWriterV2(metadata));
    }

    /// <summary>The memory that is kept to encode the same series again.</summary>
    public long KeptBytes => _composer.KeptBytes;

    /// <summary>The encoded body; valid until the next call, or for as long as it takes after <see cref="LeaveBody"/>.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>The version of the message in the body.</summary>
    public WriteProtocol Protocol { get; private set; }

    /// <summary>What the body holds.</summary>
    public EntryCounts Counts { get; private set; }

    /// <summary>Encodes as many of the first entries as the body may hold, one at least, and returns how many those are.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="protocol">The version of the message.</param>
    /// <param name="isPart">Whether they are a part of a batch that was encoded before; its series will not come together again.</param>
    public int Encode(ReadOnlySpan<EntryPlace> entries, WriteProtocol protocol, bool isPart = false)
    {
        IRequestWriter writer = protocol == WriteProtocol.V2 ? _v2.Value : _v1;
        int count = CountWithinExpansion(entries);
        if (protocol == WriteProtocol.V1 && !isPart && Compose(entries[..count]) is > 0 and int composed)
        {
            return composed;
        }

        while (true)
        {
            _message.Write(entries[..count], writer);
            int length = Compress(writer.Finish(), writer.Parts);
            if (length <= _options.MaxBodyBytes || count == 1)
            {
                return Finish(entries[..count], _body.AsMemory(0, length), protocol);
            }

            // By the ratio of this try, with a reserve, because the ratio is not the same everywhere.
            count = Math.Clamp((int)((long)count * _options.MaxBodyBytes / length * 9 / 10), 1, count - 1);
        }
    }

    /// <summary>The body may still be read by a request that ended early: the next one gets an array of its own.</summary>
    public void LeaveBody() => _bodyIsShared = true;

    /// <summary>0 when they are to be encoded otherwise.</summary>
    private int Compose(ReadOnlySpan<EntryPlace> entries)
    {
        int planned = _composer.Plan(entries);
        if (planned == 0)
        {
            return 0;
        }

        if (_bodyIsShared)
        {
            _body = new byte[_body.Length];
            _bodyIsShared = false;
        }

        Memory<byte> body = _composer.Compose(entries[..planned], ref _body);
        return body.Length <= _options.MaxBodyBytes ? Finish(entries[..planned], body, WriteProtocol.V1) : 0;
    }

    private int Finish(ReadOnlySpan<EntryPlace> entries, ReadOnlyMemory<byte> body, WriteProtocol protocol)
    {
        Body = body;
        Protocol = protocol;
        Counts = EntryCounts.Of(entries);
        return entries.Length;
    }

    private int CountWithinExpansion(ReadOnlySpan<EntryPlace> entries)
    {
        long left = (long)_options.MaxBodyBytes * MaxExpansion;
        for (int index = 0; index < entries.Length; index++)
        {
            ref readonly QueuedEntry entry = ref entries[index].Entry;
            left -= entry.LabelsLength + entry.PayloadLength + _options.ExternalLabels.Blob.Length;
            if (left < 0)
            {
                return Math.Max(index, 1);
            }
        }

        return entries.Length;
    }

    private int Compress(ReadOnlySpan<byte> message, ReadOnlySpan<int> parts)
    {
        int needed = Snappy.MaxEncodedLength(message.Length);
        if (_bodyIsShared || _body.Length < needed)
        {
            _body = new byte[Math.Max(needed, _body.Length)];
            _bodyIsShared = false;
        }

        return parts.IsEmpty ? Snappy.Encode(message, _body) : _snappy.Encode(message, parts, _body);
    }
}
