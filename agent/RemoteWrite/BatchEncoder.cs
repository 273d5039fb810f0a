using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Encodes entries as the body of a write request: one of the two versions, Snappy. Reusable; not thread-safe.</summary>
internal sealed class BatchEncoder(DestinationOptions options, SeriesTable table, MetadataIndex metadata)
{
    /// <summary>How many times its compressed size a request may have: receivers limit that too.</summary>
    private const int MaxExpansion = 16;

    private readonly BatchSeries _series = new();
    private readonly BatchLabels _labels = new(table);
    private readonly SnappyPartsEncoder _snappy = new();
    private readonly IRequestWriter _v1 = new RequestWriterV1();
    private readonly Lazy<IRequestWriter> _v2 = new(() => new RequestWriterV2(metadata));
    private byte[] _body = [];
    private bool _bodyIsShared;

    /// <summary>The encoded body; valid until the next call, or for as long as it takes after <see cref="LeaveBody"/>.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>The version of the message in the body.</summary>
    public WriteProtocol Protocol { get; private set; }

    /// <summary>What the body holds.</summary>
    public EntryCounts Counts { get; private set; }

    /// <summary>Encodes as many of the first entries as the body may hold, one at least, and returns how many those are.</summary>
    public int Encode(ReadOnlySpan<EntryPlace> entries, WriteProtocol protocol)
    {
        IRequestWriter writer = protocol == WriteProtocol.V2 ? _v2.Value : _v1;
        int count = CountWithinExpansion(entries);
        while (true)
        {
            Append(entries[..count], writer);
            int length = Compress(writer.Finish(), writer.Parts);
            if (length <= options.MaxBodyBytes || count == 1)
            {
                Body = _body.AsMemory(0, length);
                Protocol = protocol;
                Counts = EntryCounts.Of(entries[..count]);
                return count;
            }

            // By the ratio of this try, with a reserve, because the ratio is not the same everywhere.
            count = Math.Clamp((int)((long)count * options.MaxBodyBytes / length * 9 / 10), 1, count - 1);
        }
    }

    /// <summary>The body may still be read by a request that ended early: the next one gets an array of its own.</summary>
    public void LeaveBody() => _bodyIsShared = true;

    private int CountWithinExpansion(ReadOnlySpan<EntryPlace> entries)
    {
        long left = (long)options.MaxBodyBytes * MaxExpansion;
        for (int index = 0; index < entries.Length; index++)
        {
            ref readonly QueuedEntry entry = ref entries[index].Entry;
            left -= entry.LabelsLength + entry.PayloadLength + options.ExternalLabels.Blob.Length;
            if (left < 0)
            {
                return Math.Max(index, 1);
            }
        }

        return entries.Length;
    }

    private void Append(ReadOnlySpan<EntryPlace> entries, IRequestWriter writer)
    {
        _series.Load(entries);
        writer.Clear();
        ReadOnlySpan<int> rest = _series.First;
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<int> read = rest[.._labels.Read(entries, rest)];
            for (int series = 0; series < read.Length; series++)
            {
                AppendSeries(entries, read[series], _labels[series], writer);
            }

            rest = rest[read.Length..];
        }
    }

    private void AppendSeries(
        ReadOnlySpan<EntryPlace> entries, int first, ReadOnlySpan<byte> labels, IRequestWriter writer)
    {
        writer.BeginSeries(labels, entries[first].Entry.LabelsAreFinal ? default : options.ExternalLabels.Blob);
        for (int index = first; index >= 0; index = _series.NextOf(index))
        {
            AppendEntry(entries[index], writer);
        }

        writer.EndSeries();
    }

    private static void AppendEntry(EntryPlace place, IRequestWriter writer)
    {
        ref readonly QueuedEntry entry = ref place.Entry;
        switch (entry.Kind)
        {
            case SampleKind.Sample:
                writer.AddSample(entry.TimestampMs, entry.Value);
                break;
            case SampleKind.Histogram:
                writer.AddHistogram(place.Payload);
                break;
            default:
                writer.AddExemplar(place.Payload, entry.Value, entry.TimestampMs);
                break;
        }
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
