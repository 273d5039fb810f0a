using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>The real server with keys of a KMS on loopback: started, stopped, killed, turned away and started again.</summary>
public sealed class KmsTests : IAsyncDisposable
{
    private readonly WorkingFolder _folder = new();
    private readonly FakeAws _aws = new(TimeProvider.System);
    private readonly MinuteSeries _series = new();
    private readonly long _now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 60;

    public async ValueTask DisposeAsync()
    {
        await _aws.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_server_answers_from_what_it_wrote_as_long_as_kms_unwraps_its_key()
    {
        string old = _aws.Kms.AddKey("old");
        string renewed = _aws.Kms.AddKey("renewed");
        _series.Add("kept", 7);
        await using (RunningProgram server = await StartAsync($"key_id: {old}"))
        {
            using HttpResponseMessage? answer = await _series.TryWriteAsync(server, _now - MinuteSeries.Span);
            Assert.True(answer is { IsSuccessStatusCode: true }, server.Describe("not written"));
            await server.KillAsync();
        }

        await AssertKeptAsync($"key_id: {old}");
        await AssertKeptAsync($"key_id: {renewed}, previous_key_ids: [{old}]");
        _aws.Kms.Disable(old);
        await AssertKeptAsync($"key_id: {renewed}");
        await AssertToolsAsync(renewed);
        Assert.Empty(_aws.BadSignatures);

        _aws.Kms.Disable(renewed);
        Exception refused = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync($"key_id: {renewed}"));
        Assert.Contains("is disabled", refused.Message, StringComparison.Ordinal);
        Assert.Contains("refuses kms:Decrypt", refused.Message, StringComparison.Ordinal);
        _aws.Kms.Disable(renewed, disabled: false);
        await AssertKeptAsync($"key_id: {renewed}");
    }

    private async Task AssertKeptAsync(string keys)
    {
        await using RunningProgram server = await StartAsync(keys);
        string query = $"sum(count_over_time(kept[1h] @ {MinuteSeries.Seconds(_now)}))";
        Assert.Equal(7.0 * MinuteSeries.Span, await new QueryClient(server).ScalarAsync(query));
        Assert.Equal(0, await server.StopAsync());
    }

    /// <summary>Commands ask KMS with what the environment has.</summary>
    private async Task AssertToolsAsync(string keyId)
    {
        string data = Path.Combine(_folder.At("server-data"), Pipeline.Workspace);
        Dictionary<string, string> environment = new()
        {
            ["AWS_ACCESS_KEY_ID"] = FakeAws.Key.AccessKeyId, ["AWS_SECRET_ACCESS_KEY"] = FakeAws.Key.SecretAccessKey,
        };
        string[] key = ["--storage.kms-key-id", keyId, "--storage.kms-endpoint", _aws.Url.AbsoluteUri];
        string dump = await Command.SucceedAsync(Programs.Server, ["tsdb", "dump", data, .. key], environment);
        Assert.Equal(7 * MinuteSeries.Span, dump.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        await Command.SucceedAsync(
            Programs.Server,
            ["tsdb", "export", "--to", _folder.At("plain"), "--storage.path", _folder.At("server-data"), "--workspace", Pipeline.Workspace, .. key],
            environment);
        Assert.Equal(
            dump, await Command.SucceedAsync(Programs.Server, ["tsdb", "dump", _folder.At("plain")]));
        (int exitCode, _, string error) = await Command.RunAsync(Programs.Server, ["tsdb", "dump", data]);
        Assert.Equal(1, exitCode);
        Assert.Contains("is encrypted, and no key was given", error, StringComparison.Ordinal);
    }

    private Task<RunningProgram> StartAsync(string keys) => Pipeline.StartOpenServerAsync(
        _folder,
        $$"""
        storage:
          encryption:
            kms:
              {{keys.Replace(", ", "\n      ", StringComparison.Ordinal)}}
              endpoint: {{_aws.Url}}
              sigv4: {region: {{FakeAws.Region}}, access_key: {{FakeAws.Key.AccessKeyId}}, secret_key: {{FakeAws.Key.SecretAccessKey}}}

        """);
}
