using Xunit;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Sends requests of remote write 1.0.</summary>
public static class RemoteWrite
{
    /// <summary>Sends a body that is snappy already; fails when it is not taken.</summary>
    public static async Task SendAsync(RunningProgram server, byte[] body)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/write") { Content = new ByteArrayContent(body) };
        request.Content.Headers.Add("Content-Encoding", "snappy");
        request.Content.Headers.Add("Content-Type", "application/x-protobuf");
        request.Headers.Add("X-Prometheus-Remote-Write-Version", "0.1.0");
        using HttpResponseMessage answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, server.Describe($"{answer.StatusCode} {text}"));
    }
}
