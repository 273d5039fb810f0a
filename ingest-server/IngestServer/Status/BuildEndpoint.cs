using System.Reflection;
using System.Runtime.InteropServices;
using AmpEdge.IngestServer.Query;

namespace AmpEdge.IngestServer.Status;

/// <summary>
/// <c>status/buildinfo</c>: what Grafana and others ask in order to know which features to use. The version is that of
/// the Prometheus whose API this is, since that is how clients read it; ours stands in <c>application</c>.
/// </summary>
internal static class BuildEndpoint
{
    /// <summary>The Prometheus release whose API and language are followed.</summary>
    private const string ApiVersion = "3.5.0";

    public static async Task<ApiError?> AnswerAsync(ApiCall call)
    {
        Assembly assembly = typeof(BuildEndpoint).Assembly;
        JsonBuffer json = call.Response.Json;
        json.Raw("{\"status\":\"success\",\"data\":{\"version\":"u8);
        json.String(ApiVersion);
        json.Raw(",\"revision\":"u8);
        json.String(assembly.ManifestModule.ModuleVersionId.ToString());
        json.Raw(",\"branch\":\"\",\"buildUser\":\"\",\"buildDate\":\"\",\"goVersion\":"u8);
        json.String(RuntimeInformation.FrameworkDescription);
        json.Raw(",\"application\":"u8);
        json.String($"AmpEdge {assembly.GetName().Version?.ToString(3)}");
        json.Raw("}}"u8);
        await call.Response.CompleteAsync();
        return null;
    }
}
