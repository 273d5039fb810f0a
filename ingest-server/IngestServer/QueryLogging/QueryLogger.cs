using System.Globalization;
using AmpEdge.Hosting;
using AmpEdge.IngestServer.Query;
using AmpEdge.PromQL;
using AmpEdge.QueryApi;

namespace AmpEdge.IngestServer.QueryLogging;

/// <summary>
/// Makes a line of JSON of each query that was evaluated, with the members of Prometheus's log of queries and the workspace.
/// </summary>
internal sealed class QueryLogger(LineFile file, TimeProvider time)
{
    private readonly LineFile _file = file;
    private readonly TimeProvider _time = time;

    /// <summary>Logs a query that ended well, with its statistics, or failed, with its error.</summary>
    public void Log(ApiCall call, QueryCall query, QueryStatistics? statistics, string? error)
    {
        if (!_file.IsEnabled)
        {
            return;
        }

        using JsonBuffer json = new();
        json.Raw("{\"time\":"u8);
        WriteTime(json, _time.GetUtcNow());
        json.Raw(",\"level\":\"INFO\",\"msg\":\"promql query logged\",\"workspace\":"u8);
        json.String(call.Workspace.Id);
        json.Raw(",\"params\":{\"end\":"u8);
        json.String(Rfc3339.FromMilliseconds(query.EndMs));
        json.Raw(",\"query\":"u8);
        json.String(query.Text);
        json.Raw(",\"start\":"u8);
        json.String(Rfc3339.FromMilliseconds(query.StartMs));
        json.Raw(",\"step\":"u8);
        json.Number(query.StepMs / 1000);
        json.Raw((byte)'}');
        if (error is not null)
        {
            json.Raw(",\"error\":"u8);
            json.String(error);
        }

        if (statistics is not null)
        {
            json.Raw(",\"stats\":"u8);
            ResultWriter.WriteStatistics(json, statistics);
        }

        WriteRequest(json, call.Context);
        json.Raw("}\n"u8);
        _file.Write(json.Written.ToArray());
    }

    private static void WriteRequest(JsonBuffer json, HttpContext context)
    {
        json.Raw(",\"httpRequest\":{\"clientIP\":"u8);
        json.String(context.Connection.RemoteIpAddress?.ToString() ?? "");
        json.Raw(",\"method\":"u8);
        json.String(context.Request.Method);
        json.Raw(",\"path\":"u8);
        json.String(context.Request.Path.ToString());
        json.Raw((byte)'}');
    }

    private static void WriteTime(JsonBuffer json, DateTimeOffset time) =>
        json.String(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
}
