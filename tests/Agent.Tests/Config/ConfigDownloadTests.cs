using System.Text;
using AmpEdge.Agent.Config;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Config;

/// <summary>A configuration at a URL, and what becomes of the agent when it is bad or gone.</summary>
public sealed class ConfigDownloadTests : IDisposable
{
    private const string Good = "scrape_configs: [{job_name: a}]\n";
    private const string Bad = "scrape_configs: [{job_nam: a}]\n";

    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("ampedge-config-").FullName, "data");
    private readonly StringWriter _warnings = new();
    private ScriptedResponse _answer = Text(Good);

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public async Task The_agent_starts_with_what_is_at_the_url_and_only_its_user_may_read_the_copy()
    {
        await using ScriptedHttpServer server = Server();
        using ConfigDownload download = Download(server);

        ConfigResult<AgentConfig> loaded = await download.StartAsync(Load, mayFallBack: true, _warnings);

        Assert.Equal("a", Assert.Single(loaded.Config!.ScrapeConfigs).JobName);
        Assert.Equal("", _warnings.ToString());
        foreach (string file in Directory.GetFiles(_folder))
        {
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite), file);
        }
    }

    [Theory]
    [InlineData(200, Bad, "job_nam")]
    [InlineData(200, "", "job_name")]
    [InlineData(404, Good, "the server answers 404")]
    [InlineData(500, Good, "the server answers 500")]
    public async Task The_last_good_one_does_while_there_is_none_that_is_good(int status, string text, string problem)
    {
        await using ScriptedHttpServer server = Server();
        using (ConfigDownload first = Download(server))
        {
            await first.StartAsync(Load, mayFallBack: true, _warnings);
        }

        _answer = Text(text.Length > 0 ? text : "scrape_configs: [{}]\n", status);
        using ConfigDownload second = Download(server);
        ConfigResult<AgentConfig> loaded = await second.StartAsync(Load, mayFallBack: true, _warnings);

        Assert.Equal("a", Assert.Single(loaded.Config!.ScrapeConfigs).JobName);
        Assert.Contains(problem, _warnings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_last_good_one_it_says_what_is_wrong_and_does_not_start()
    {
        await using ScriptedHttpServer server = Server();
        using ConfigDownload download = Download(server);
        _answer = Text(Bad);
        Assert.False((await download.StartAsync(Load, mayFallBack: true, _warnings)).IsValid);

        _answer = Text(Good, 503);
        StartFailedException refused = await Assert.ThrowsAsync<StartFailedException>(
            () => download.StartAsync(Load, mayFallBack: true, _warnings));
        Assert.Contains("the server answers 503", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_speaks_of_the_url_and_keeps_nothing()
    {
        await using ScriptedHttpServer server = Server();
        using ConfigDownload download = Download(server);
        await download.StartAsync(Load, mayFallBack: false, _warnings);
        _answer = Text(Good, 503);

        await Assert.ThrowsAsync<StartFailedException>(() => download.StartAsync(Load, mayFallBack: true, _warnings));
    }

    [Fact]
    public async Task A_reload_that_fails_is_not_what_the_next_start_falls_back_to()
    {
        await using ScriptedHttpServer server = Server();
        using ConfigDownload download = Download(server);
        await download.StartAsync(Load, mayFallBack: true, _warnings);
        _answer = Text(Bad);
        Assert.Contains("job_nam", await download.ReloadAsync(ReloadAsync, CancellationToken.None), StringComparison.Ordinal);
        _answer = Text(Good, 500);
        Assert.Contains("answers 500", await download.ReloadAsync(ReloadAsync, CancellationToken.None), StringComparison.Ordinal);

        using ConfigDownload next = Download(server);
        Assert.True((await next.StartAsync(Load, mayFallBack: true, _warnings)).IsValid);
    }

    [Fact]
    public async Task A_start_from_the_copy_does_not_hide_that_the_url_is_still_bad()
    {
        await using ScriptedHttpServer server = Server();
        using (ConfigDownload first = Download(server))
        {
            await first.StartAsync(Load, mayFallBack: true, _warnings);
        }

        _answer = Text(Bad);
        using ConfigDownload download = Download(server);
        Assert.True((await download.StartAsync(Load, mayFallBack: true, _warnings)).IsValid);

        Assert.Contains("job_nam", await download.ReloadAsync(ReloadAsync, CancellationToken.None), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_in_the_url_is_sent_and_never_shown()
    {
        await using ScriptedHttpServer server = Server();
        using ConfigDownload download = new(
            new Uri($"http://me:se%3Acret@{server.Address}/x"), _folder, new HttpMessageInvoker(new SocketsHttpHandler()), TimeProvider.System);
        await download.StartAsync(Load, mayFallBack: true, _warnings);

        Assert.Equal(
            "Basic " + Convert.ToBase64String("me:se:cret"u8), Assert.Single(server.Requests).Headers["Authorization"]);
        Assert.DoesNotContain("cret", download.Shown, StringComparison.Ordinal);
    }

    private static ScriptedResponse Text(string text, int status = 200) =>
        new(status, new Dictionary<string, string>(), Encoding.UTF8.GetBytes(text));

    private ScriptedHttpServer Server() => new(_ => Task.FromResult(_answer));

    private ConfigDownload Download(ScriptedHttpServer server) =>
        new(server.Url, _folder, new HttpMessageInvoker(new SocketsHttpHandler()), TimeProvider.System);

    private ConfigResult<AgentConfig> Load() => AgentConfigLoader.Load(ConfigDownload.FileIn(_folder));

    private Task<string?> ReloadAsync(CancellationToken cancel)
    {
        ConfigResult<AgentConfig> loaded = Load();
        return Task.FromResult(loaded.IsValid ? null : string.Join('\n', loaded.Problems));
    }
}
