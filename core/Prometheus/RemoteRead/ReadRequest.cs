using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace AmpEdge.Prometheus;

/// <summary>A remote read request (<c>prometheus.ReadRequest</c>): queries, and the forms of answer that the caller takes.</summary>
/// <param name="Queries">Answered one by one, in this order.</param>
/// <param name="Accepted">In the order of the caller's preference; numbers that are not known yet included.</param>
public sealed record ReadRequest(IReadOnlyList<ReadQuery> Queries, IReadOnlyList<ReadResponseType> Accepted)
{
    private const uint Query = 1 << 3 | ProtobufField.LengthDelimited;
    private const int AcceptedNumber = 2;

    private const uint QueryStart = 1 << 3 | ProtobufField.Varint;
    private const uint QueryEnd = 2 << 3 | ProtobufField.Varint;
    private const uint QueryMatcher = 3 << 3 | ProtobufField.LengthDelimited;
    private const uint QueryHints = 4 << 3 | ProtobufField.LengthDelimited;

    private const uint MatcherKind = 1 << 3 | ProtobufField.Varint;
    private const uint MatcherName = 2 << 3 | ProtobufField.LengthDelimited;
    private const uint MatcherValue = 3 << 3 | ProtobufField.LengthDelimited;

    private const uint HintsFunction = 2 << 3 | ProtobufField.LengthDelimited;
    private const uint HintsStart = 3 << 3 | ProtobufField.Varint;
    private const uint HintsEnd = 4 << 3 | ProtobufField.Varint;

    /// <summary>Reads a decoded message; on failure <paramref name="problem"/> says what is wrong with it.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> message, [NotNullWhen(true)] out ReadRequest? request, [NotNullWhen(false)] out string? problem)
    {
        request = null;
        List<ReadQuery> queries = [];
        ProtobufReader fields = new(message);
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            if (tag != Query)
            {
                fields.Skip(tag);
            }
            else if (!TryReadQuery(fields.ReadBytes(), queries, out problem))
            {
                return false;
            }
        }

        List<ReadResponseType> accepted = [];
        ScalarsOf types = new(message, AcceptedNumber, ProtobufField.Varint);
        while (!fields.Malformed && types.MoveNext())
        {
            accepted.Add((ReadResponseType)types.Current);
        }

        problem = fields.Malformed || types.Malformed ? $"proto: malformed ReadRequest at byte {fields.Position} of {message.Length}" : null;
        request = problem is null ? new ReadRequest(queries, accepted) : null;
        return problem is null;
    }

    /// <summary>The first accepted form that is known; without a wish samples, as old callers expect. Null for none.</summary>
    public ReadResponseType? Negotiate()
    {
        foreach (ReadResponseType type in Accepted)
        {
            if (type is ReadResponseType.Samples or ReadResponseType.StreamedXorChunks)
            {
                return type;
            }
        }

        return Accepted.Count == 0 ? ReadResponseType.Samples : null;
    }

    private static bool TryReadQuery(ReadOnlySpan<byte> message, List<ReadQuery> queries, [NotNullWhen(false)] out string? problem)
    {
        long startMs = 0;
        long endMs = 0;
        List<Matcher> matchers = [];
        ReadOnlySpan<byte> hints = default;
        ProtobufReader fields = new(message);
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case QueryStart:
                    startMs = (long)fields.ReadVarint();
                    break;
                case QueryEnd:
                    endMs = (long)fields.ReadVarint();
                    break;
                case QueryMatcher when !TryReadMatcher(fields.ReadBytes(), matchers, out problem):
                    return false;
                case QueryMatcher:
                    break;
                case QueryHints:
                    hints = fields.ReadBytes();
                    break;
                default:
                    fields.Skip(tag);
                    break;
            }
        }

        string function = "";
        problem = fields.Malformed || !TryReadHints(hints, ref startMs, ref endMs, out function)
            ? "proto: malformed Query of a ReadRequest"
            : null;
        queries.Add(new ReadQuery(startMs, endMs, matchers, function));
        return problem is null;
    }

    /// <summary>The hints narrow the time to what the selector looks at; those without an end say nothing of it.</summary>
    private static bool TryReadHints(ReadOnlySpan<byte> message, ref long startMs, ref long endMs, out string function)
    {
        function = "";
        long hintedStartMs = 0;
        long hintedEndMs = 0;
        ProtobufReader fields = new(message);
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case HintsFunction:
                    function = Encoding.UTF8.GetString(fields.ReadBytes());
                    break;
                case HintsStart:
                    hintedStartMs = (long)fields.ReadVarint();
                    break;
                case HintsEnd:
                    hintedEndMs = (long)fields.ReadVarint();
                    break;
                default:
                    fields.Skip(tag);
                    break;
            }
        }

        if (hintedEndMs != 0)
        {
            startMs = Math.Max(startMs, hintedStartMs);
            endMs = Math.Min(endMs, hintedEndMs);
        }

        return !fields.Malformed;
    }

    private static bool TryReadMatcher(
        ReadOnlySpan<byte> message, List<Matcher> matchers, [NotNullWhen(false)] out string? problem)
    {
        ulong kind = 0;
        string name = "";
        string value = "";
        ProtobufReader fields = new(message);
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case MatcherKind:
                    kind = fields.ReadVarint();
                    break;
                case MatcherName:
                    name = Encoding.UTF8.GetString(fields.ReadBytes());
                    break;
                case MatcherValue:
                    value = Encoding.UTF8.GetString(fields.ReadBytes());
                    break;
                default:
                    fields.Skip(tag);
                    break;
            }
        }

        if (fields.Malformed)
        {
            problem = "proto: malformed LabelMatcher of a ReadRequest";
            return false;
        }

        MatcherType? type = kind switch
        {
            0 => MatcherType.Equal,
            1 => MatcherType.NotEqual,
            2 => MatcherType.Regex,
            3 => MatcherType.NotRegex,
            _ => null,
        };
        if (type is not { } known)
        {
            problem = "invalid matcher type";
            return false;
        }

        if (!Matcher.TryCreate(known, name, value, out Matcher? matcher, out problem))
        {
            return false;
        }

        matchers.Add(matcher);
        return true;
    }
}
