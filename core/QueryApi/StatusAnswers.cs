using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace AmpEdge.QueryApi;

/// <summary><c>status/buildinfo</c>, <c>config</c>, <c>flags</c> and <c>runtimeinfo</c>: what Prometheus tells of itself.</summary>
public static class StatusAnswers
{
    /// <summary>The Prometheus release whose API and language are followed.</summary>
    private const string ApiVersion = "3.5.0";

    /// <summary>
    /// What Grafana and others ask in order to know which features to use. The version is that of the Prometheus whose
    /// API this is, since that is how clients read it; that of the program stands in <c>application</c>.
    /// </summary>
    public static Task<ApiError?> SendBuildAsync(ApiResponse response, Assembly program, string programName)
    {
        JsonBuffer json = response.BeginData();
        json.Raw("{\"version\":"u8);
        json.String(ApiVersion);
        json.Raw(",\"revision\":"u8);
        json.String(program.ManifestModule.ModuleVersionId.ToString());
        json.Raw(",\"branch\":\"\",\"buildUser\":\"\",\"buildDate\":\"\",\"goVersion\":"u8);
        json.String(RuntimeInformation.FrameworkDescription);
        json.Raw(",\"application\":"u8);
        json.String($"{programName} {program.GetName().Version?.ToString(3)}");
        json.Raw((byte)'}');
        return response.EndDataAsync();
    }

    /// <summary>The configuration in force, secrets hidden by whoever printed it.</summary>
    public static Task<ApiError?> SendConfigAsync(ApiResponse response, string yaml)
    {
        JsonBuffer json = response.BeginData();
        json.Raw("{\"yaml\":"u8);
        json.String(yaml);
        json.Raw((byte)'}');
        return response.EndDataAsync();
    }

    /// <summary>Each flag with its value, given or default.</summary>
    public static Task<ApiError?> SendFlagsAsync(ApiResponse response, IEnumerable<KeyValuePair<string, string>> flags)
    {
        JsonBuffer json = response.BeginData();
        json.Raw((byte)'{');
        bool first = true;
        foreach ((string name, string value) in flags)
        {
            json.Raw(first ? ""u8 : ","u8);
            first = false;
            json.String(name);
            json.Raw((byte)':');
            json.String(value);
        }

        json.Raw((byte)'}');
        return response.EndDataAsync();
    }

    /// <summary>The members about Go's runtime tell of their nearest relatives here.</summary>
    public static Task<ApiError?> SendRuntimeAsync(ApiResponse response, RuntimeStatus status)
    {
        JsonBuffer json = response.BeginData();
        json.Raw("{\"startTime\":"u8);
        WriteTime(json, status.StartTime);
        json.Raw(",\"CWD\":"u8);
        json.String(Environment.CurrentDirectory);
        json.Raw(",\"hostname\":"u8);
        json.String(Environment.MachineName);
        json.Raw(",\"serverTime\":"u8);
        WriteTime(json, status.Now);
        json.Raw(",\"reloadConfigSuccess\":"u8);
        json.Raw(status.LastReloadSuccessful ? "true"u8 : "false"u8);
        json.Raw(",\"lastConfigTime\":"u8);
        WriteTime(json, status.LastReload);
        json.Raw(",\"corruptionCount\":"u8);
        json.Number((long)status.Corruptions);
        json.Raw(",\"goroutineCount\":"u8);
        json.Number((long)ThreadPool.ThreadCount);
        json.Raw(",\"GOMAXPROCS\":"u8);
        json.Number((long)Environment.ProcessorCount);
        json.Raw(",\"GOMEMLIMIT\":"u8);
        json.Number(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        json.Raw(",\"GOGC\":\"\",\"GODEBUG\":\"\",\"storageRetention\":"u8);
        json.String(status.Retention);
        json.Raw((byte)'}');
        return response.EndDataAsync();
    }

    private static void WriteTime(JsonBuffer json, DateTimeOffset time) =>
        json.String(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
}
