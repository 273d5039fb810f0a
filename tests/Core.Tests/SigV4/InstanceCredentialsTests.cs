using System.Text;
using Amazon.Runtime;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.SigV4;

public sealed class InstanceCredentialsTests
{
    private const string Folder = "/latest/meta-data/iam/security-credentials/";

    [Fact]
    public async Task A_token_a_role_and_its_session_are_asked_for_in_turn()
    {
        await using Instance instance = new();
        using InstanceCredentials credentials = instance.Credentials();
        ImmutableCredentials found = await credentials.GetCredentialsAsync();
        await credentials.GetCredentialsAsync();

        Assert.Equal(("ASIA1", "secret", "session"), (found.AccessKey, found.SecretKey, found.Token));
        Assert.Equal("node role", credentials.Role);
        Assert.Equal(instance.End, credentials.Expiration);
        Assert.Equal(
            ["PUT /latest/api/token", $"GET {Folder} token-1", $"GET {Folder}node%20role token-1"], instance.Asked);
    }

    [Fact]
    public async Task What_is_forgotten_is_asked_for_again()
    {
        await using Instance instance = new();
        using InstanceCredentials credentials = instance.Credentials();
        await credentials.GetCredentialsAsync();
        credentials.ClearCredentials();

        Assert.Equal("ASIA2", (await credentials.GetCredentialsAsync()).AccessKey);
    }

    [Fact]
    public async Task Without_a_token_version_1_is_asked_only_by_choice()
    {
        await using Instance instance = new() { TokenStatus = 403 };
        using InstanceCredentials refusing = instance.Credentials();
        using InstanceCredentials taking = instance.Credentials(allowsVersion1: true);

        string problem = await ProblemAsync(refusing);
        Assert.Contains("/latest/api/token: 403 Forbidden (version 1, which needs none, is asked only with", problem, StringComparison.Ordinal);
        Assert.Equal("ASIA1", (await taking.GetCredentialsAsync()).AccessKey);
        Assert.Equal($"GET {Folder}node%20role ", instance.Asked[^1]);
    }

    [Theory]
    [InlineData(404, "", "the instance has no IAM role: attach an instance profile to it")]
    [InlineData(200, "\n", "the instance has no IAM role: attach an instance profile to it")]
    [InlineData(500, "", "/latest/meta-data/iam/security-credentials/ answered 500 InternalServerError")]
    public async Task Instances_without_a_role_are_told_apart(int status, string body, string told)
    {
        await using Instance instance = new() { RolesStatus = status, Roles = body };
        using InstanceCredentials credentials = instance.Credentials();

        Assert.EndsWith(told, await ProblemAsync(credentials), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot assume the role r"}""", "AssumeRoleUnauthorizedAccess: EC2 cannot assume the role r")]
    [InlineData("""{"Code": "Success", "AccessKeyId": "a", "SecretAccessKey": "b", "Token": "c"}""", "tell no end")]
    [InlineData("""{"Code": "Success", "AccessKeyId": "", "SecretAccessKey": "b", "Token": "c", "Expiration": "2199-01-01T00:00:00Z"}""", "holds no credentials")]
    [InlineData("""{"Code": 5}""", "gives no credentials: ")]
    [InlineData("[]", "gives no credentials: ")]
    [InlineData("<html>", "the answer holds no credentials: ")]
    [InlineData("", "the answer holds no credentials: ")]
    public async Task Documents_without_a_session_are_told_apart(string document, string told)
    {
        await using Instance instance = new() { Document = document };
        using InstanceCredentials credentials = instance.Credentials();

        Assert.Contains(told, await ProblemAsync(credentials), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_broken_document_is_an_error_with_words()
    {
        Gen gen = Gen.Create(72);
        await using Instance instance = new();
        byte[] good = Encoding.UTF8.GetBytes(instance.Document);
        for (int round = 0; round < 100; round++)
        {
            instance.Document = Encoding.Latin1.GetString(gen.Mutate(good));
            using InstanceCredentials credentials = instance.Credentials();
            try
            {
                await credentials.GetCredentialsAsync();
            }
            catch (AmazonClientException problem)
            {
                Assert.True(problem.Message.StartsWith("EC2 instance metadata: ", StringComparison.Ordinal), $"{problem}, {gen}");
            }
        }
    }

    /// <summary>The service hands out sessions whose end has passed when it has troubles of its own, and AWS takes them.</summary>
    [Fact]
    public async Task A_session_beyond_its_end_is_used_for_some_minutes()
    {
        await using Instance instance = new() { End = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc) };
        using InstanceCredentials credentials = instance.Credentials();

        Assert.Equal("ASIA1", (await credentials.GetCredentialsAsync()).AccessKey);
        Assert.InRange(
            credentials.Expiration!.Value - TimeProvider.System.GetUtcNow().UtcDateTime, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task A_service_that_is_switched_off_is_not_asked()
    {
        await using Instance instance = new();
        using InstanceCredentials credentials = instance.Credentials(isDisabled: true);
        credentials.EarlierLinks = "nothing before. ";

        Assert.Equal(
            "nothing before. EC2 instance metadata: not asked, since AWS_EC2_METADATA_DISABLED is true", await ProblemAsync(credentials));
        Assert.Empty(instance.Asked);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_is_left_after_five_seconds()
    {
        ManualTime time = new(TimeProvider.System.GetUtcNow());
        await using Instance instance = new() { Hangs = true };
        using InstanceCredentials credentials = instance.Credentials(time: time);
        Task<string> asked = ProblemAsync(credentials);
        while (!asked.IsCompleted)
        {
            if (time.WaitingTimers > 0)
            {
                time.Advance(TimeSpan.FromSeconds(5));
            }

            await Task.Yield();
        }

        Assert.Contains("within 5 s (in a container, the instance's hop limit must be 2)", await asked, StringComparison.Ordinal);
    }

    private static async Task<string> ProblemAsync(InstanceCredentials credentials) =>
        (await Assert.ThrowsAsync<AmazonClientException>(() => credentials.GetCredentialsAsync())).Message;

    /// <summary>The metadata service of one instance.</summary>
    private sealed class Instance : IAsyncDisposable
    {
        private readonly ScriptedHttpServer _server;
        private readonly List<string> _asked = [];
        private int _sessions;

        public Instance() => _server = new ScriptedHttpServer(AnswerAsync);

        public int TokenStatus { get; init; } = 200;

        public int RolesStatus { get; init; } = 200;

        public string Roles { get; init; } = "node role\nanother\n";

        public DateTime End { get; init; } = new(2199, 1, 1, 0, 0, 0, DateTimeKind.Utc);

        public bool Hangs { get; init; }

        public string Document
        {
            get => field ?? $$"""
                {"Code": "Success", "AccessKeyId": "ASIA{{++_sessions}}", "SecretAccessKey": "secret", "Token": "session",
                 "Expiration": "{{End:yyyy-MM-dd'T'HH:mm:ss'Z'}}"}
                """;
            set;
        }

        /// <summary>Method, path and token of each request.</summary>
        public IReadOnlyList<string> Asked => _asked;

        public InstanceCredentials Credentials(
            bool isDisabled = false, bool allowsVersion1 = false, TimeProvider? time = null) =>
            new(() => new InstanceMetadataSettings(_server.Url, isDisabled, allowsVersion1), time ?? new ManualTime(TimeProvider.System.GetUtcNow()));

        public ValueTask DisposeAsync() => _server.DisposeAsync();

        private async Task<ScriptedResponse> AnswerAsync(ScriptedRequest request)
        {
            if (Hangs)
            {
                await new TaskCompletionSource().Task;
            }

            string token = request.Headers.GetValueOrDefault("X-aws-ec2-metadata-token", "");
            bool asksForToken = request is { Method: "PUT", Target: "/latest/api/token" }
                && request.Headers.GetValueOrDefault("X-aws-ec2-metadata-token-ttl-seconds") == "21600";
            _asked.Add(asksForToken ? "PUT /latest/api/token" : $"{request.Method} {request.Target} {token}");
            return request.Target switch
            {
                "/latest/api/token" => FakeAws.Answer(asksForToken ? TokenStatus : 400, "text/plain", TokenStatus == 200 ? "token-1" : ""),
                Folder => FakeAws.Answer(RolesStatus, "text/plain", Roles),
                Folder + "node%20role" => FakeAws.Answer(200, "application/json", Document),
                _ => FakeAws.Answer(404, "text/plain", ""),
            };
        }
    }
}
