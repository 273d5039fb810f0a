using System.IO.Compression;
using AmpEdge.Prometheus;
using AmpEdge.QueryApi;

namespace AmpEdge.Proxy.Usage;

/// <summary>Reads out of queries and rules what they read, into an observation. Remembers texts; not thread-safe.</summary>
internal sealed class ReadReader
{
    private const int MaxSelectors = 256;
    private const int MaxRemembered = 2_048;

    private readonly Dictionary<string, List<NameCondition>> _queries = new(StringComparer.Ordinal);

    /// <summary>Counts what a request reads; false when a part of it could not be read.</summary>
    public bool TryRead(ObservedRequest request, Observation into, long nowMs)
    {
        if (into.WorkspaceOf(request.Workspace) is not { } workspace)
        {
            return true;
        }

        return request.Kind switch
        {
            UsageRequestKind.Query => ReadQueries(request, "query", ReaderKind.Query),
            UsageRequestKind.QueryRange => ReadQueries(request, "query", ReaderKind.QueryRange),
            UsageRequestKind.QueryExemplars => ReadQueries(request, "query", ReaderKind.QueryExemplars),
            UsageRequestKind.Series => ReadSelectors(request, ReaderKind.Series),
            UsageRequestKind.Labels => ReadSelectors(request, ReaderKind.Labels),
            UsageRequestKind.Federate => ReadSelectors(request, ReaderKind.Federate),
            UsageRequestKind.RemoteRead => ReadRemoteRead(request),
            UsageRequestKind.FetchRules => ReadRules(Plain(request) is { } answer ? RuleTexts.OfAnswer(answer) : null),
            UsageRequestKind.RuleNamespace => ReadRules(Plain(request) is { } file ? RuleTexts.OfNamespace(file) : null),
            _ => true,
        };

        bool ReadQueries(ObservedRequest from, string parameter, ReaderKind kind)
        {
            bool readable = true;
            foreach (string query in Parameters(from, parameter))
            {
                readable &= Add(into, workspace, query, kind, nowMs);
            }

            return readable;
        }

        bool ReadSelectors(ObservedRequest from, ReaderKind kind)
        {
            bool readable = true;
            foreach (string selector in Parameters(from, "match[]"))
            {
                if (QueryNames.OfSelector(selector) is { } condition)
                {
                    into.Read(workspace, condition, kind, nowMs);
                }
                else
                {
                    readable = false;
                }
            }

            return readable;
        }

        bool ReadRules(IReadOnlyList<string>? expressions)
        {
            bool readable = expressions is not null;
            foreach (string expression in expressions ?? [])
            {
                readable &= Add(into, workspace, expression, ReaderKind.Rule, nowMs);
            }

            return readable;
        }

        bool ReadRemoteRead(ObservedRequest from)
        {
            if (!Snappy.TryGetDecodedLength(from.Body, out int length) || length > WriteReader.MaxDecodedBytes)
            {
                return false;
            }

            byte[] decoded = new byte[length];
            if (!Snappy.TryDecode(from.Body, decoded, out _)
                || !ReadRequest.TryParse(decoded, out ReadRequest? read, out _))
            {
                return false;
            }

            foreach (ReadQuery query in read.Queries)
            {
                into.Read(workspace, NameCondition.Of(query.Matchers), ReaderKind.RemoteRead, nowMs);
            }

            return true;
        }
    }

    /// <summary>Counts what an expression of a file reads; false when it is no PromQL.</summary>
    public bool Add(Observation into, WorkspaceUsage workspace, string query, ReaderKind kind, long nowMs)
    {
        bool readable = true;
        if (!_queries.TryGetValue(query, out List<NameCondition>? conditions))
        {
            conditions = QueryNames.Of(query, out readable);
            if (_queries.Count >= MaxRemembered)
            {
                _queries.Clear();
            }

            if (readable)
            {
                // Dashboards ask the same all day long.
                _queries.Add(query, conditions);
            }
        }

        foreach (NameCondition condition in conditions)
        {
            into.Read(workspace, condition, kind, nowMs);
        }

        return readable;
    }

    private static ReadOnlySpan<byte> FormOf(ObservedRequest request) =>
        request.ContentType.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) ? request.Body : [];

    /// <summary>The body without its encoding; null when it has one that is not known here, is broken or too large.</summary>
    private static byte[]? Plain(ObservedRequest request)
    {
        if (request.ContentEncoding is "" or "identity")
        {
            return request.Body.ToArray();
        }

        if (request.ContentEncoding is not "gzip")
        {
            return null;
        }

        using GZipStream content = new(new MemoryStream(request.Body.ToArray()), CompressionMode.Decompress);
        ByteBuffer plain = new(64 << 10);
        try
        {
            int read;
            while ((read = content.Read(plain.Reserve(64 << 10))) > 0)
            {
                plain.Advance(read);
                if (plain.Length > UsageObserver.MaxReadBytes)
                {
                    return null;
                }
            }

            return plain.Written.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static List<string> Parameters(ObservedRequest request, string name)
    {
        // What cannot be decoded is refused by whoever answers: nothing was read.
        List<string> values = RequestParameters.TryParse(request.Query, FormOf(request), out RequestParameters parameters, out _)
            ? parameters.GetAll(name)
            : [];
        return values.Count <= MaxSelectors ? values : values[..MaxSelectors];
    }
}
