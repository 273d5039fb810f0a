using AmpEdge.Hosting;
using AmpEdge.IngestServer.Config;
using AmpEdge.IngestServer.Query;
using AmpEdge.QueryApi;

namespace AmpEdge.IngestServer.Status;

/// <summary>
/// <c>status/buildinfo</c>, <c>config</c>, <c>flags</c> and <c>runtimeinfo</c>: the program, as Prometheus tells of itself.
/// </summary>
internal sealed class StatusEndpoints(ServerStatus status)
{
    private readonly ServerStatus _status = status;

    public static Task<ApiError?> AnswerBuildAsync(ApiCall call) =>
        StatusAnswers.SendBuildAsync(call.Response, typeof(StatusEndpoints).Assembly, "AmpEdge");

    public Task<ApiError?> AnswerConfigAsync(ApiCall call) =>
        StatusAnswers.SendConfigAsync(call.Response, _status.PrintConfig(call.Workspace.Id));

    public Task<ApiError?> AnswerFlagsAsync(ApiCall call) => StatusAnswers.SendFlagsAsync(call.Response, _status.Flags);

    public Task<ApiError?> AnswerRuntimeAsync(ApiCall call)
    {
        RuntimeStatus runtime = new()
        {
            StartTime = _status.StartTime,
            Now = _status.Now,
            LastReloadSuccessful = _status.LastReloadSuccessful,
            LastReload = _status.LastReload,
            Corruptions = call.Workspace.Database.Replay.Damages.Count,
            Retention = RetentionOf(call.Workspace.Config.Retention),
        };
        return StatusAnswers.SendRuntimeAsync(call.Response, runtime);
    }

    private static string RetentionOf(RetentionConfig retention) => retention.Size.Bytes == 0
        ? PrometheusDuration.Format(retention.Time)
        : $"{PrometheusDuration.Format(retention.Time)} or {retention.Size}";
}
