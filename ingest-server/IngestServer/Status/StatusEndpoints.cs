using System.Globalization;
using AmpEdge.Hosting;
using AmpEdge.IngestServer.Config;
using AmpEdge.IngestServer.Query;

namespace AmpEdge.IngestServer.Status;

/// <summary><c>status/config</c>, <c>flags</c> and <c>runtimeinfo</c>: the program, as Prometheus tells of itself.</summary>
internal sealed class StatusEndpoints(ServerStatus status)
{
    private readonly ServerStatus _status = status;

    public Task<ApiError?> AnswerConfigAsync(ApiCall call)
    {
        JsonBuffer json = call.Response.BeginData();
        json.Raw("{\"yaml\":"u8);
        json.String(_status.PrintConfig(call.Workspace.Id));
        json.Raw((byte)'}');
        return call.Response.EndDataAsync();
    }

    public Task<ApiError?> AnswerFlagsAsync(ApiCall call)
    {
        JsonBuffer json = call.Response.BeginData();
        json.Raw((byte)'{');
        bool first = true;
        foreach ((string name, string value) in _status.Flags)
        {
            json.Raw(first ? ""u8 : ","u8);
            first = false;
            json.String(name);
            json.Raw((byte)':');
            json.String(value);
        }

        json.Raw((byte)'}');
        return call.Response.EndDataAsync();
    }

    /// <summary>The members about Go's runtime tell of their nearest relatives here.</summary>
    public Task<ApiError?> AnswerRuntimeAsync(ApiCall call)
    {
        JsonBuffer json = call.Response.BeginData();
        json.Raw("{\"startTime\":"u8);
        WriteTime(json, _status.StartTime);
        json.Raw(",\"CWD\":"u8);
        json.String(Environment.CurrentDirectory);
        json.Raw(",\"hostname\":"u8);
        json.String(Environment.MachineName);
        json.Raw(",\"serverTime\":"u8);
        WriteTime(json, _status.Now);
        json.Raw(",\"reloadConfigSuccess\":"u8);
        json.Raw(_status.LastReloadSuccessful ? "true"u8 : "false"u8);
        json.Raw(",\"lastConfigTime\":"u8);
        WriteTime(json, _status.LastReload);
        json.Raw(",\"corruptionCount\":"u8);
        json.Number((long)call.Workspace.Database.Replay.Damages.Count);
        json.Raw(",\"goroutineCount\":"u8);
        json.Number((long)ThreadPool.ThreadCount);
        json.Raw(",\"GOMAXPROCS\":"u8);
        json.Number((long)Environment.ProcessorCount);
        json.Raw(",\"GOMEMLIMIT\":"u8);
        json.Number(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        json.Raw(",\"GOGC\":\"\",\"GODEBUG\":\"\",\"storageRetention\":"u8);
        json.String(RetentionOf(call.Workspace.Config.Retention));
        json.Raw((byte)'}');
        return call.Response.EndDataAsync();
    }

    private static string RetentionOf(RetentionConfig retention) => retention.Size.Bytes == 0
        ? PrometheusDuration.Format(retention.Time)
        : $"{PrometheusDuration.Format(retention.Time)} or {retention.Size}";

    private static void WriteTime(JsonBuffer json, DateTimeOffset time) =>
        json.String(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
}
