using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.Proxy.LocalAnswers;
using AmpEdge.QueryApi;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy.FanOut;

/// <summary>Several workspaces read as one: answers the calls of Prometheus's query API over all of them.</summary>
internal sealed class VirtualWorkspace : IRequestHandler
{
    private readonly string _name;
    private readonly string _members;
    private readonly FanOutQuery _query;
    private readonly FanOutLists _lists;
    private readonly EngineOptions _options;
    private readonly LoopGuard _loops;
    private readonly TimeProvider _time;

    public VirtualWorkspace(
        string name,
        WorkspaceLabel label,
        IReadOnlyList<IMember> members,
        MemberCalls calls,
        FanOutEngine engine,
        FanOutMetrics metrics,
        LoopGuard loops,
        TimeProvider time)
    {
        _name = name;
        _loops = loops;
        List<string> names = [];
        foreach (IMember member in members)
        {
            names.Add(member.Name);
        }

        _members = string.Join(", ", names);
        _options = FanOutEngine.Options;
        _query = new FanOutQuery(label, members, calls, engine.Engine, _options, metrics);
        _lists = new FanOutLists(label, members, calls, _options.Parser, metrics);
        _time = time;
    }

    public Task AnswerAsync(ForwardRequest request, PooledBody body) =>
        ApiExchange.RunAsync(request, body, (parameters, response) => AnswerAsync(
            request, new FanOutCall(
                parameters, response, _loops.EntriesBehind(request.Context.Request.Headers.Via), request.Context.RequestAborted)));

    private async Task<ApiError?> AnswerAsync(ForwardRequest request, FanOutCall call)
    {
        string? name = ApiExchange.CallOf(request.Path);
        string method = request.Context.Request.Method;
        if (name is not null && !HttpMethods.IsGet(method) && !(HttpMethods.IsPost(method) && TakesPost(name)))
        {
            return NotOffered($"{method} {name}");
        }

        return name switch
        {
            "query" => QueryCall.ReadInstant(call.Parameters, _time.GetUtcNow().ToUnixTimeMilliseconds(), out QueryCall query)
                ?? await _query.AnswerAsync(call, query),
            "query_range" => QueryCall.ReadRange(call.Parameters, out QueryCall range)
                ?? await _query.AnswerAsync(call, range),
            "series" => await _lists.AnswerSeriesAsync(call),
            "labels" => await _lists.AnswerNamesAsync(call),
            "metadata" => await _lists.AnswerMetadataAsync(call),
            "query_exemplars" => await _lists.AnswerExemplarsAsync(call),
            "format_query" => await ExpressionAnswers.SendFormattedAsync(call.Response, call.Parameters, _options.Parser),
            "parse_query" => await ExpressionAnswers.SendParsedAsync(call.Response, call.Parameters, _options.Parser),
            "status/buildinfo" => await LocalAnswer.SendBuildAsync(call.Response),
            _ when LabelOf(name) is { } label => await AnswerValuesAsync(call, label),
            _ => NotOffered(ForwardEndpoint.Shown(request.Path)),
        };
    }

    private async Task<ApiError?> AnswerValuesAsync(FanOutCall call, string sent)
    {
        string name = EscapedName.Decode(Uri.UnescapeDataString(sent));
        return LabelNames.IsUtf8Name(Encoding.UTF8.GetBytes(name))
            ? await _lists.AnswerValuesAsync(call, name)
            : ApiError.BadData($"invalid label name: {LabelsFormatter.Quote(TimeParameter.Clip(name))}");
    }

    private static bool TakesPost(string name) =>
        name is "query" or "query_range" or "series" or "labels" or "query_exemplars" or "format_query" or "parse_query";

    private ApiError NotOffered(string what) => new(
        ApiErrorKind.NotFound,
        $"the virtual workspace \"{_name}\" only answers query, query_range, series, labels, label values, metadata and query_exemplars, "
        + $"not {what}; write to a route of one workspace, and ask one for the rest (members: {_members})");

    /// <summary>The label whose values are asked for: <c>label/NAME/values</c>.</summary>
    private static string? LabelOf(string? call)
    {
        const string Before = "label/";
        const string After = "/values";
        return call is not null && call.StartsWith(Before, StringComparison.Ordinal)
            && call.EndsWith(After, StringComparison.Ordinal) && call.Length > Before.Length + After.Length
            ? call[Before.Length..^After.Length]
            : null;
    }
}
