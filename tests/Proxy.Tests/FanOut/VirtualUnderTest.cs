using System.Text;
using System.Text.Json;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Proxy.FanOut;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.QueryApi;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy.Tests.FanOut;

/// <summary>A virtual workspace over members of the test's own.</summary>
internal sealed class VirtualUnderTest : IDisposable
{
    private readonly MetricRegistry _metrics = new();
    private readonly BodyBudget _budget;
    private readonly FanOutEngine _engine = new(TimeProvider.System);
    private readonly FanOutQuery _query;
    private readonly FanOutLists _lists;

    public VirtualUnderTest(
        IReadOnlyList<IMember> members, string label = "workspace", long maxAnswerBytes = 1 << 20, TimeProvider? time = null)
    {
        _budget = new BodyBudget(64 << 20);
        FanOutMetrics metrics = new(_metrics, _budget);
        MemberCalls calls = new(_budget, maxAnswerBytes, TimeSpan.FromMinutes(2), metrics, time ?? TimeProvider.System);
        WorkspaceLabel workspace = new(label);
        _query = new FanOutQuery(workspace, members, calls, _engine.Engine, FanOutEngine.Options, metrics);
        _lists = new FanOutLists(workspace, members, calls, FanOutEngine.Options.Parser, metrics);
    }

    /// <summary>Memory that answers of members hold now.</summary>
    public long HeldBytes => _budget.HeldBytes;

    public string Metrics()
    {
        System.Buffers.ArrayBufferWriter<byte> page = new();
        _metrics.WriteTo(page, ExpositionFormat.Text004);
        return Encoding.UTF8.GetString(page.WrittenSpan);
    }

    public Task<(int Status, JsonElement Json)> QueryAsync(string query, long timeMs = 600_000, string more = "") =>
        RunAsync($"query={Uri.EscapeDataString(query)}&time={timeMs / 1000.0}{more}", call =>
            QueryCall.ReadInstant(call.Parameters, 0, out QueryCall read) is { } error
                ? Task.FromResult<ApiError?>(error)
                : _query.AnswerAsync(call, read));

    public Task<(int Status, JsonElement Json)> RangeAsync(string query, string times) =>
        RunAsync($"query={Uri.EscapeDataString(query)}&{times}", call =>
            QueryCall.ReadRange(call.Parameters, out QueryCall read) is { } error
                ? Task.FromResult<ApiError?>(error)
                : _query.AnswerAsync(call, read));

    public Task<(int Status, JsonElement Json)> SeriesAsync(string parameters) => RunAsync(parameters, _lists.AnswerSeriesAsync);

    public Task<(int Status, JsonElement Json)> NamesAsync(string parameters) => RunAsync(parameters, _lists.AnswerNamesAsync);

    public Task<(int Status, JsonElement Json)> ValuesAsync(string name, string parameters) =>
        RunAsync(parameters, call => _lists.AnswerValuesAsync(call, name));

    public Task<(int Status, JsonElement Json)> MetadataAsync(string parameters) =>
        RunAsync(parameters, _lists.AnswerMetadataAsync);

    public Task<(int Status, JsonElement Json)> ExemplarsAsync(string parameters) =>
        RunAsync(parameters, _lists.AnswerExemplarsAsync);

    public void Dispose() => _engine.Dispose();

    private static async Task<(int Status, JsonElement Json)> RunAsync(
        string parameters, Func<FanOutCall, Task<ApiError?>> handler)
    {
        DefaultHttpContext context = new();
        using MemoryStream body = new();
        context.Response.Body = body;
        await using ApiResponse response = new(context);
        RequestParameters.TryParse(parameters, default, out RequestParameters read, out _);
        ApiError? error;
        try
        {
            error = await handler(new FanOutCall(read, response, "", CancellationToken.None));
        }
        catch (AmpEdge.PromQL.QueryException failed)
        {
            error = ApiError.Of(failed);
        }

        if (error is not null)
        {
            await response.SendErrorAsync(error);
        }

        using JsonDocument json = JsonDocument.Parse(body.ToArray());
        return (context.Response.StatusCode, json.RootElement.Clone());
    }
}
