using System.Globalization;
using System.Linq;
using System.Text;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.Proxy.Routing;
using AmpEdge.QueryApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace AmpEdge.Proxy.Caching;

/// <summary>What a read asks for, in one form for all ways of writing it: reads with equal keys have equal answers.</summary>
internal static class ReadKey
{
    private const string Form = "application/x-www-form-urlencoded";

    /// <summary>Longer queries are rare, and then seldom asked twice.</summary>
    private const int MaxLength = 64 << 10;

    private static readonly string[] s_always = ["Accept", "Accept-Encoding"];

    /// <summary>A caller that asks for a part, or for news only, gets an answer of its own.</summary>
    private static readonly string[] s_conditions =
        ["Range", "If-None-Match", "If-Match", "If-Modified-Since", "If-Unmodified-Since"];

    /// <summary>False for what is no read of the query API, or one whose answer is not to be shared.</summary>
    /// <param name="request">Admitted.</param>
    /// <param name="body">Its whole body.</param>
    /// <param name="config">Of its route.</param>
    /// <param name="key">Equal for equal reads.</param>
    /// <param name="ttl">How long its answer is good for at most.</param>
    public static bool TryOf(
        ForwardRequest request, ReadOnlySpan<byte> body, ReadCacheConfig config, out string key, out TimeSpan ttl)
    {
        key = "";
        ttl = config.Ttl;
        HttpRequest http = request.Context.Request;
        bool isForm = HttpMethods.IsPost(http.Method) && body.Length > 0;
        if (!ApiPaths.IsSharedRead(http.Method, request.DecodedPath)
            || body.Length + request.Target.RawQuery.Length > MaxLength
            || HasCondition(http.Headers)
            || (isForm ? http.ContentType?.StartsWith(Form, StringComparison.OrdinalIgnoreCase) != true : body.Length > 0)
            || !RequestParameters.TryParse(request.Target.RawQuery, body, out RequestParameters parameters, out _))
        {
            return false;
        }

        if (ApiPaths.IsRangeQuery(request.DecodedPath))
        {
            if (!DurationParameter.TryParse(parameters.Get("step"), out long stepMs, out _) || stepMs <= 0)
            {
                return false;
            }

            ttl = TimeSpan.FromMilliseconds(Math.Min(ttl.TotalMilliseconds, stepMs));
        }

        key = Write(request, config, parameters);
        return true;
    }

    /// <summary>True when the answer depends on no other header of the caller than those that are in the key.</summary>
    public static bool Covers(ReadCacheConfig config, StringValues vary)
    {
        foreach (string? line in vary)
        {
            foreach (string name in (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!s_always.Contains(name, StringComparer.OrdinalIgnoreCase)
                    && !config.Vary.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool HasCondition(IHeaderDictionary headers)
    {
        foreach (string name in s_conditions)
        {
            if (headers.ContainsKey(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Every text with its length before it, so that none can pass for two others.</summary>
    private static string Write(ForwardRequest request, ReadCacheConfig config, RequestParameters parameters)
    {
        StringBuilder key = new();
        Add(key, request.Handler is null ? request.Upstream.Origin : "");
        Add(key, request.UpstreamPath);
        foreach (string name in s_always)
        {
            Add(key, request.Context.Request.Headers[name].ToString());
        }

        foreach (string name in config.Vary)
        {
            Add(key, request.Context.Request.Headers[name].ToString());
        }

        // Stable: of several values of a name the first counts, and match[] may be in any order but is asked in one.
        foreach ((string name, string value) in parameters.All.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            Add(key, name);
            Add(key, value);
        }

        return key.ToString();
    }

    private static void Add(StringBuilder key, string text) =>
        key.Append(CultureInfo.InvariantCulture, $"{text.Length}:").Append(text);
}
