using System.Net;
using System.Text;
using AmpEdge.PromQL;
using AmpEdge.Proxy.FanOut;
using AmpEdge.QueryApi;
using AmpEdge.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy.Tests.FanOut;

/// <summary>A workspace in memory that answers queries as Prometheus does, or as the test says.</summary>
internal sealed class MemoryMember(string name, IEnumerable<MemorySeries> series) : IMember
{
    private static readonly EngineOptions s_options = new() { Parser = ParserOptions.Everything };
    private readonly MemoryQueryable _series = new(series);

    public string Name { get; } = name;

    /// <summary>Answers in place of the engine when it is set.</summary>
    public Func<string, HttpResponseMessage>? Answer { get; set; }

    /// <summary>Path and parameters of each request, unescaped.</summary>
    public List<string> Requests { get; } = [];

    public static HttpResponseMessage Json(int status, string json) =>
        new((HttpStatusCode)status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    public async Task<HttpResponseMessage> SendAsync(string path, string query, string? form, string via, CancellationToken cancel)
    {
        string parameters = form ?? query;
        lock (Requests)
        {
            Requests.Add($"{path} {Uri.UnescapeDataString(parameters)}");
        }

        return Answer is { } answer ? answer(path) : await EvaluateAsync(path, parameters, cancel);
    }

    /// <summary>Evaluates a query over some series and gives the answer's JSON.</summary>
    public static async Task<(int Status, string Json)> EvaluateAsync(
        IQueryable series, string path, string parameters, CancellationToken cancel)
    {
        using Engine engine = new(s_options, TimeProvider.System);
        DefaultHttpContext context = new();
        using MemoryStream body = new();
        context.Response.Body = body;
        await using ApiResponse response = new(context);
        RequestParameters.TryParse(parameters, default, out RequestParameters read, out _);
        bool isRange = path.EndsWith("query_range", StringComparison.Ordinal);
        ApiError? error = isRange
            ? QueryCall.ReadRange(read, out QueryCall query)
            : QueryCall.ReadInstant(read, 0, out query);
        try
        {
            QueryResult result = error is not null
                ? throw new InvalidOperationException(error.Message)
                : isRange
                    ? await engine.RangeAsync(series, query.Text, query.StartMs, query.EndMs, query.StepMs, query.Options, cancel)
                    : await engine.InstantAsync(series, query.Text, query.StartMs, query.Options, cancel);
            await ResultWriter.WriteAsync(response, result, query);
        }
        catch (QueryException failed)
        {
            await response.SendErrorAsync(ApiError.Of(failed));
        }

        return (context.Response.StatusCode, Encoding.UTF8.GetString(body.ToArray()));
    }

    private async Task<HttpResponseMessage> EvaluateAsync(string path, string parameters, CancellationToken cancel)
    {
        (int status, string json) = await EvaluateAsync(_series, path, parameters, cancel);
        return Json(status, json);
    }
}
