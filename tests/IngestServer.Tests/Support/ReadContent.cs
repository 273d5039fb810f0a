using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Tests.Support;

/// <summary>What a remote read answer of either form says: a line for each series and one for each sample, by query.</summary>
internal sealed class ReadContent
{
    /// <summary>The lines of each query.</summary>
    public SortedDictionary<long, List<string>> Queries { get; } = [];

    /// <summary>The length of each frame's message.</summary>
    public List<int> Frames { get; } = [];

    /// <summary>The number of chunks by encoding.</summary>
    public SortedDictionary<byte, int> Chunks { get; } = [];

    public static ReadContent OfSamples(byte[] body)
    {
        if (!Snappy.TryGetDecodedLength(body, out int length))
        {
            throw new InvalidDataException("the answer is no snappy block");
        }

        byte[] message = new byte[length];
        if (!Snappy.TryDecode(body, message, out _))
        {
            throw new InvalidDataException("the answer is a broken snappy block");
        }

        ReadContent content = new();
        Protobuf fields = new(message);
        for (long query = 0; fields.MoveNext(); query++)
        {
            content.AddResult(query, fields.Bytes);
        }

        return content;
    }

    public static ReadContent OfFrames(ReadOnlySpan<byte> body)
    {
        ReadContent content = new();
        while (!body.IsEmpty)
        {
            if (!Uvarint.TryRead(body, out ulong length, out int read))
            {
                throw new InvalidDataException("a frame without a length");
            }

            uint checksum = BinaryPrimitives.ReadUInt32BigEndian(body[read..]);
            ReadOnlySpan<byte> message = body.Slice(read + sizeof(uint), (int)length);
            if (Crc32C.Compute(message) != checksum)
            {
                throw new InvalidDataException("a frame's checksum is wrong");
            }

            content.Frames.Add(message.Length);
            content.AddFrame(message);
            body = body[(read + sizeof(uint) + message.Length)..];
        }

        return content;
    }

    private void AddResult(long query, ReadOnlySpan<byte> message)
    {
        List<string> lines = Of(query);
        WriteRequestV1Reader reader = new(message);
        for (WriteRequestItem item = reader.Next(); item != WriteRequestItem.End; item = reader.Next())
        {
            if (item != WriteRequestItem.TimeSeries)
            {
                throw new InvalidDataException($"the result is malformed at byte {reader.ErrorOffset}");
            }

            StringBuilder labels = new();
            foreach (LabelPairsV1 label in reader.TimeSeries.Labels)
            {
                Append(labels, label.Name, label.Value);
            }

            lines.Add(labels.ToString());
            List<(long TimestampMs, string Line)> samples = [];
            foreach (SamplesV1 sample in reader.TimeSeries.Samples)
            {
                samples.Add((sample.TimestampMs, Line(sample.TimestampMs, sample.Value)));
            }

            foreach (ReadOnlySpan<byte> histogram in reader.TimeSeries.Histograms)
            {
                samples.Add((TimeOf(histogram), Line(histogram)));
            }

            samples.Sort(static (left, right) => left.TimestampMs.CompareTo(right.TimestampMs));
            lines.AddRange(samples.ConvertAll(static sample => sample.Line));
        }
    }

    private void AddFrame(ReadOnlySpan<byte> message)
    {
        long query = 0;
        Protobuf fields = new(message);
        while (fields.MoveNext())
        {
            query = fields.Number == 2 ? (long)fields.Value : query;
        }

        fields = new Protobuf(message);
        while (fields.MoveNext())
        {
            if (fields.Number == 1)
            {
                AddSeries(Of(query), fields.Bytes);
            }
        }
    }

    private void AddSeries(List<string> lines, ReadOnlySpan<byte> message)
    {
        StringBuilder labels = new();
        Protobuf fields = new(message);
        while (fields.MoveNext() && fields.Number == 1)
        {
            Protobuf label = new(fields.Bytes);
            label.MoveNext();
            ReadOnlySpan<byte> name = label.Bytes;
            label.MoveNext();
            Append(labels, name, label.Bytes);
        }

        // A series that goes on in another frame comes with its labels again.
        string text = labels.ToString();
        if (lines.FindLast(static line => line[0] != ' ') != text)
        {
            lines.Add(text);
        }

        fields = new Protobuf(message);
        while (fields.MoveNext())
        {
            if (fields.Number == 2)
            {
                AddChunk(lines, fields.Bytes);
            }
        }
    }

    private void AddChunk(List<string> lines, ReadOnlySpan<byte> message)
    {
        long minTimeMs = 0;
        long maxTimeMs = 0;
        byte encoding = 0;
        ReadOnlySpan<byte> bytes = default;
        Protobuf fields = new(message);
        while (fields.MoveNext())
        {
            switch (fields.Number)
            {
                case 1:
                    minTimeMs = (long)fields.Value;
                    break;
                case 2:
                    maxTimeMs = (long)fields.Value;
                    break;
                case 3:
                    encoding = (byte)fields.Value;
                    break;
                default:
                    bytes = fields.Bytes;
                    break;
            }
        }

        Chunks[encoding] = Chunks.GetValueOrDefault(encoding) + 1;
        List<long> times = [];
        if (encoding == 1)
        {
            XorDecoder decoder = new(bytes);
            while (decoder.MoveNext())
            {
                times.Add(decoder.TimestampMs);
                lines.Add(Line(decoder.TimestampMs, decoder.Value));
            }
        }
        else
        {
            HistogramNumbers numbers = new();
            Histogram histogram = new();
            HistogramDecoder decoder = new(bytes, encoding == 3, numbers);
            while (decoder.MoveNext())
            {
                times.Add(decoder.TimestampMs);
                numbers.CopyTo(histogram, decoder.Hint);
                lines.Add("  " + RandomHistograms.Describe(decoder.TimestampMs, histogram));
            }
        }

        if (times.Count == 0 || times[0] != minTimeMs || times[^1] != maxTimeMs)
        {
            throw new InvalidDataException($"a chunk from {minTimeMs} to {maxTimeMs} has {times.Count} samples of other times");
        }
    }

    private List<string> Of(long query)
    {
        if (!Queries.TryGetValue(query, out List<string>? lines))
        {
            Queries.Add(query, lines = []);
        }

        return lines;
    }

    private static void Append(StringBuilder labels, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => labels
        .Append(labels.Length > 0 ? "," : "").Append(Encoding.UTF8.GetString(name)).Append('=').Append(Encoding.UTF8.GetString(value));

    private static string Line(long timestampMs, double value) =>
        string.Create(CultureInfo.InvariantCulture, $"  {timestampMs} {value:R}");

    private static long TimeOf(ReadOnlySpan<byte> message) =>
        HistogramMessage.TryParse(message, out HistogramMessage histogram) ? histogram.TimestampMs : throw new InvalidDataException("no histogram");

    private static string Line(ReadOnlySpan<byte> message)
    {
        if (!HistogramMessage.TryParse(message, out HistogramMessage parsed))
        {
            throw new InvalidDataException("no histogram");
        }

        Histogram histogram = new();
        parsed.CopyTo(histogram);
        return "  " + RandomHistograms.Describe(parsed.TimestampMs, histogram);
    }

    /// <summary>A protobuf reader of its own, so that the code under test does not read what it wrote.</summary>
    private ref struct Protobuf(ReadOnlySpan<byte> message)
    {
        private ReadOnlySpan<byte> _rest = message;

        public int Number { get; private set; }

        public ulong Value { get; private set; }

        public ReadOnlySpan<byte> Bytes { get; private set; }

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            ulong tag = Take();
            Number = (int)(tag >> 3);
            Value = Take();
            if ((tag & 7) == 2)
            {
                Bytes = _rest[..(int)Value];
                _rest = _rest[(int)Value..];
            }

            return true;
        }

        private ulong Take()
        {
            if (!Uvarint.TryRead(_rest, out ulong value, out int length))
            {
                throw new InvalidDataException("a varint is cut off");
            }

            _rest = _rest[length..];
            return value;
        }
    }
}
