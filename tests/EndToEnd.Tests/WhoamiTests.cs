using System.Security.Cryptography;
using System.Text;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>Each way in which a proxy is given credentials, told by the program itself and tried on a server that checks signatures.</summary>
public sealed class WhoamiTests
{
    private const string Role = "arn:aws:iam::123456789012:role/metrics";
    private static readonly AwsCredentials s_keys = new("AKIDFILE", "file-secret");

    [Fact]
    public Task Environment_variables() => TellsAsync(
        FakeIdentity.Session, static (_, _) => SessionVariables(), "provider    environment variables",
        "access key  ASIASESSION with a session token", "expires     never", "region      eu-central-1 (from AWS_REGION)");

    [Fact]
    public Task A_profile_with_keys() => TellsAsync(
        s_keys,
        static (folder, _) => new()
        {
            ["AWS_SHARED_CREDENTIALS_FILE"] = folder.Write("credentials", Keys("metrics")),
            ["AWS_PROFILE"] = "metrics",
        },
        "provider    profile 'metrics' (keys)");

    [Fact]
    public Task A_chain_of_profiles_with_roles() => TellsAsync(
        FakeIdentity.Session,
        static (folder, identity) => new()
        {
            ["AWS_SHARED_CREDENTIALS_FILE"] = folder.Write("credentials", Keys("base")),
            ["AWS_CONFIG_FILE"] = folder.Write(
                "config",
                "[profile first]\nrole_arn = arn:aws:iam::1:role/first\nsource_profile = base\n"
                + "[profile second]\nrole_arn = arn:aws:iam::2:role/second\nsource_profile = first\nexternal_id = ext-2\n"),
            ["AWS_PROFILE"] = "second",
            ["AWS_ENDPOINT_URL_STS"] = identity.Url,
        },
        "provider    profile 'second' (role arn:aws:iam::2:role/second with role arn:aws:iam::1:role/first with keys)",
        "asked: RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Ffirst",
        "asked: Credential=AKIDFILE/",
        "asked: ExternalId=ext-2",
        "asked: Credential=ASIASESSION/");

    [Theory]
    [InlineData("Environment", "environment variables")]
    [InlineData("EcsContainer", "ECS task role, by /v2/credentials/task-1")]
    [InlineData("Ec2InstanceMetadata", "EC2 instance metadata: role node-role")]
    public Task A_profile_whose_role_is_assumed_with_what_surrounds_the_process(string source, string told) => TellsWithProfileAsync(
        FakeIdentity.Session,
        (folder, identity) => new(source == "Environment" ? SessionVariables() : [])
        {
            ["AWS_CONFIG_FILE"] = folder.Write(
                "config", $"[profile sourced]\nrole_arn = {Role}\ncredential_source = {source}\n"),
            ["AWS_ENDPOINT_URL_STS"] = identity.Url,
            ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = source == "EcsContainer" ? FakeIdentity.RelativeUri : "",
            ["http_proxy"] = source == "EcsContainer" ? identity.Url : "",
            ["no_proxy"] = "127.0.0.1",
            ["AWS_EC2_METADATA_DISABLED"] = "false",
            ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = identity.Url,
        },
        "sourced",
        $"provider    profile 'sourced' (role {Role} with {told}",
        "asked: Action=AssumeRole&");

    [Fact]
    public Task A_chain_of_profiles_that_begins_with_the_role_of_the_instance() => TellsAsync(
        FakeIdentity.Session,
        static (folder, identity) => new()
        {
            ["AWS_CONFIG_FILE"] = folder.Write(
                "config",
                "[profile first]\nrole_arn = arn:aws:iam::1:role/first\ncredential_source = Ec2InstanceMetadata\n"
                + "[profile second]\nrole_arn = arn:aws:iam::2:role/second\nsource_profile = first\nexternal_id = ext-2\nrole_session_name = mine\n"),
            ["AWS_PROFILE"] = "second",
            ["AWS_ENDPOINT_URL_STS"] = identity.Url,
            ["AWS_EC2_METADATA_DISABLED"] = "false",
            ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = identity.Url,
        },
        "provider    profile 'second' (role arn:aws:iam::2:role/second with role arn:aws:iam::1:role/first with EC2 instance metadata: role node-role)",
        "asked: PUT /latest/api/token",
        "asked: RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Ffirst",
        "asked: ExternalId=ext-2",
        "asked: RoleSessionName=mine");

    [Fact]
    public Task A_process_that_prints_them() => TellsAsync(
        FakeIdentity.Session,
        static (folder, _) => new()
        {
            ["AWS_CONFIG_FILE"] = FakeIdentity.WriteProcessProfile(folder, expiration: "2199-01-01T00:00:00Z"),
        },
        "provider    profile 'default' (credential_process)",
        "expires     2198-12-31T23:5");

    [Fact]
    public Task Web_identity_of_a_service_account() => TellsAsync(
        FakeIdentity.Session,
        static (folder, identity) => new()
        {
            ["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder.Write("token", "the-service-account-token"),
            ["AWS_ROLE_ARN"] = Role,
            ["AWS_ROLE_SESSION_NAME"] = "proxy",
            ["AWS_ENDPOINT_URL_STS"] = identity.Url,
        },
        $"provider    web identity: role {Role} with the token of ",
        "asked: WebIdentityToken=the-service-account-token",
        "asked: RoleSessionName=proxy");

    [Fact]
    public Task Pod_identity() => TellsAsync(
        FakeIdentity.Session,
        static (folder, identity) => new()
        {
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = identity.Url + "/v1/credentials",
            ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = folder.Write("token", "pod-identity-token"),
        },
        "provider    EKS Pod Identity or another container endpoint: http://127.0.0.1",
        "asked: GET /v1/credentials  pod-identity-token");

    [Fact]
    public Task The_relative_address_of_an_ecs_task() => TellsAsync(
        FakeIdentity.Session,
        static (_, identity) => new()
        {
            ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = FakeIdentity.RelativeUri,
            ["http_proxy"] = identity.Url,
            ["no_proxy"] = "127.0.0.1",
        },
        "provider    ECS task role, by /v2/credentials/task-1",
        "asked: http://169.254.170.2" + FakeIdentity.RelativeUri);

    [Fact]
    public Task A_person_who_signed_in() => TellsAsync(
        FakeIdentity.Session,
        static (folder, identity) => SignedIn(folder, identity, TimeSpan.FromHours(1)),
        "provider    profile 'person' (single sign-on: role metrics in account 123456789012)",
        "asked: /federation/credentials?");

    [Fact]
    public Task The_instance_metadata_service() => TellsAsync(
        FakeIdentity.Session,
        static (_, identity) => new()
        {
            ["AWS_EC2_METADATA_DISABLED"] = "false",
            ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = identity.Url,
        },
        "provider    EC2 instance metadata: role node-role",
        "expires     20",
        "asked: PUT /latest/api/token");

    [Fact]
    public Task The_region_of_the_instance() => TellsAsync(
        FakeIdentity.Session,
        static (_, identity) => new()
        {
            ["AWS_REGION"] = "",
            ["AWS_EC2_METADATA_DISABLED"] = "false",
            ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = identity.Url,
        },
        "region      eu-central-1 (from instance metadata)",
        "asked: GET /latest/meta-data/placement/region");

    [Fact]
    public async Task A_chain_of_roles_of_a_configuration_file()
    {
        using WorkingFolder folder = new();
        await using FakeIdentity identity = new();
        await using SigningUpstream upstream = new(FakeIdentity.Session);
        string file = folder.Write(
            "proxy.yml",
            $$"""
            listeners: [{name: default, address: "127.0.0.1:8080"}]
            routes:
              - name: eu
                upstream: http://{{upstream.Address}}
                workspace: ws-1
                sigv4:
                  region: {{Pipeline.Region}}
                  access_key: AKIDFILE
                  secret_key: file-secret
                  sts_endpoint: {{identity.Url}}
                  role_chain:
                    - {role_arn: "arn:aws:iam::1:role/first", external_id: ext-1}
                    - {role_arn: "arn:aws:iam::2:role/second", role_session_name: mine}
            """);
        (int exitCode, string output) = await RunAsync(["--config.file", file, "--ask-sts"], []);

        Assert.True(exitCode == 0, output);
        AssertTells(output, "role        arn:aws:iam::1:role/first, session ampedge-proxy, with an external id");
        AssertTells(output, "role        arn:aws:iam::2:role/second, session mine");
        AssertTells(output, "provider    static keys of the configuration");
        AssertTells(output, "identity    arn:aws:sts::123456789012:assumed-role/r/s, account 123456789012");
        AssertTells(output, "/workspaces/ws-1/api/v1/query?query=1: 200 OK, the signature is good");
        Assert.DoesNotContain("ext-1", output, StringComparison.Ordinal);
        Assert.DoesNotContain("file-secret", output, StringComparison.Ordinal);
        string asked = string.Join('\n', identity.Requests);
        Assert.Contains("ExternalId=ext-1", asked, StringComparison.Ordinal);
        Assert.Contains("RoleSessionName=mine", asked, StringComparison.Ordinal);
    }

    [Fact]
    public Task Without_any_the_reasons_are_told() => FailsAsync(
        static (_, _) => [], "credentials none: Failed to resolve AWS credentials.");

    [Fact]
    public Task A_person_whose_sign_in_has_ended_is_told_what_to_run() => FailsAsync(
        static (folder, identity) => SignedIn(folder, identity, TimeSpan.FromHours(-1)), "run 'aws sso login --profile person'");

    [Fact]
    public Task Keys_that_the_server_does_not_know() => FailsAsync(
        static (_, _) => new() { ["AWS_ACCESS_KEY_ID"] = "AKIDOTHER", ["AWS_SECRET_ACCESS_KEY"] = "x" },
        "403 Forbidden, UnrecognizedClientException: ", "The server does not know the key or its token: ");

    [Fact]
    public Task A_secret_that_does_not_belong_to_the_key() => FailsAsync(
        static (_, _) => new()
        {
            ["AWS_ACCESS_KEY_ID"] = FakeIdentity.Session.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = "wrong",
            ["AWS_SESSION_TOKEN"] = FakeIdentity.Session.SessionToken!,
        },
        "InvalidSignatureException: ", "It was signed for aps in eu-central-1.");

    [Fact]
    public async Task A_wrong_flag_is_a_usage_error()
    {
        (int exitCode, string output) = await RunAsync(["--sign-test=nonsense", "--host=127.0.0.1:1", "--region=eu-central-1"], []);

        Assert.Equal(2, exitCode);
        AssertTells(output, "flag --sign-test: got 'nonsense', allowed: a URL such as ");
    }

    [Fact]
    public async Task A_token_that_the_kubelet_rotated_is_read_again_when_the_session_is_refused()
    {
        using WorkingFolder folder = new();
        string asked = await RenewsAsync(
            identity => new()
            {
                ["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder.Write("token", "first-token"),
                ["AWS_ROLE_ARN"] = Role,
                ["AWS_ENDPOINT_URL_STS"] = identity.Url,
            },
            () => folder.Write("token", "second-token"));

        Assert.Contains("WebIdentityToken=second-token", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_instance_metadata_service_is_asked_again_when_the_session_is_refused()
    {
        string asked = await RenewsAsync(
            static identity => new()
            {
                ["AWS_EC2_METADATA_DISABLED"] = "false",
                ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = identity.Url,
            },
            static () => { });

        Assert.Equal(3, asked.Split("PUT /latest/api/token").Length);
    }

    /// <summary>A session is ended before its time: the request must arrive with the next one. What was asked for credentials.</summary>
    private static async Task<string> RenewsAsync(
        Func<FakeIdentity, Dictionary<string, string>> surroundings, Action rotate)
    {
        await using FakeIdentity identity = new();
        await using SigningUpstream upstream = new(FakeIdentity.Session, FakeIdentity.SecondSession);
        int port = Ports.Free();
        Dictionary<string, string> environment = surroundings(identity);
        environment["AWS_REGION"] = Pipeline.Region;
        await using RunningProgram proxy = RunningProgram.Start(
            Programs.Proxy,
            port,
            [
                "--host", upstream.Address, "--upstream-url-scheme=http", "--region", Pipeline.Region, $"--port={port}",
                $"--admin.listen-address=127.0.0.1:{Ports.Free()}",
            ],
            environment);
        await proxy.WaitUntilReadyAsync("/api/v1/labels");
        rotate();
        identity.GiveSecondSession = true;
        upstream.End(FakeIdentity.Session);
        byte[] body = Encoding.UTF8.GetBytes(new string('x', 100_000));
        using HttpResponseMessage answer = await proxy.Http.PostAsync(
            "/api/v1/remote_write", new ByteArrayContent(body), TestContext.Current.CancellationToken);

        Assert.True(answer.IsSuccessStatusCode, proxy.Describe(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        ScriptedRequest[] sent = [.. upstream.Requests];
        Assert.Equal(body, sent[^2].Body);
        Assert.Equal(body, sent[^1].Body);
        Assert.Contains("Credential=ASIASECOND/", sent[^1].Headers["Authorization"], StringComparison.Ordinal);
        return string.Join('\n', identity.Requests);
    }

    private static Task TellsAsync(
        AwsCredentials expected, Func<WorkingFolder, FakeIdentity, Dictionary<string, string>> surroundings, params string[] told) =>
        TellsWithProfileAsync(expected, surroundings, null, told);

    private static async Task TellsWithProfileAsync(
        AwsCredentials expected, Func<WorkingFolder, FakeIdentity, Dictionary<string, string>> surroundings, string? profile,
        params string[] told)
    {
        const string Asked = "asked: ";
        using WorkingFolder folder = new();
        await using FakeIdentity identity = new();
        await using SigningUpstream upstream = new(expected);
        Dictionary<string, string> environment = surroundings(folder, identity);
        environment.TryAdd("AWS_REGION", Pipeline.Region);
        (int exitCode, string output) = await RunAsync(
            profile is null ? Upstream(upstream) : ["--config.file", WithProfile(folder, upstream, profile)], environment);

        string all = $"{output}\n--- asked:\n{string.Join('\n', identity.Requests)}\n--- refused: {string.Join('\n', upstream.Refusals)}";
        Assert.True(exitCode == 0, all);
        AssertTells(output, "/api/v1/query?query=1: 200 OK, the signature is good");
        Assert.DoesNotContain(expected.SecretAccessKey, output, StringComparison.Ordinal);
        foreach (string text in told)
        {
            string wanted = text.StartsWith(Asked, StringComparison.Ordinal) ? text[Asked.Length..] : text;
            AssertTells(wanted == text ? output : string.Join('\n', identity.Requests), wanted);
        }
    }

    private static async Task FailsAsync(
        Func<WorkingFolder, FakeIdentity, Dictionary<string, string>> surroundings, params string[] told)
    {
        using WorkingFolder folder = new();
        await using FakeIdentity identity = new();
        await using SigningUpstream upstream = new(FakeIdentity.Session);
        (int exitCode, string output) = await RunAsync(
            [.. Upstream(upstream), "--region", Pipeline.Region], surroundings(folder, identity));

        Assert.Equal(1, exitCode);
        foreach (string text in told)
        {
            AssertTells(output, text);
        }
    }

    private static string WithProfile(WorkingFolder folder, SigningUpstream upstream, string profile) => folder.Write(
        "proxy.yml",
        $$"""
        listeners: [{address: "127.0.0.1:8080"}]
        routes:
          - name: it
            upstream: "http://{{upstream.Address}}"
            sigv4: {profile: "{{profile}}"}
        """);

    private static string[] Upstream(SigningUpstream upstream) =>
        ["--host", upstream.Address, "--upstream-url-scheme=http"];

    private static async Task<(int ExitCode, string Output)> RunAsync(string[] flags, Dictionary<string, string> environment)
    {
        await using RunningProgram whoami = RunningProgram.Start(
            Programs.Proxy, Ports.Free(), ["whoami", .. flags], environment);
        await Eventually.TrueAsync(
            () => Task.FromResult(whoami.HasExited), () => whoami.Describe("it does not end"), TimeSpan.FromMinutes(3));
        return (await whoami.StopAsync(), whoami.Output);
    }

    private static void AssertTells(string output, string text) =>
        Assert.True(output.Contains(text, StringComparison.Ordinal), $"'{text}' is not in:\n{output}");

    private static Dictionary<string, string> SessionVariables() => new()
    {
        ["AWS_ACCESS_KEY_ID"] = FakeIdentity.Session.AccessKeyId,
        ["AWS_SECRET_ACCESS_KEY"] = FakeIdentity.Session.SecretAccessKey,
        ["AWS_SESSION_TOKEN"] = FakeIdentity.Session.SessionToken!,
    };

    private static Dictionary<string, string> SignedIn(WorkingFolder folder, FakeIdentity identity, TimeSpan expiresIn)
    {
#pragma warning disable CA5350 // It names the file, as the AWS CLI does; nothing is kept safe by it.
        string name = Convert.ToHexStringLower(SHA1.HashData("https://example.awsapps.com/start"u8));
#pragma warning restore CA5350
        folder.Write(
            $".aws/sso/cache/{name}.json",
            $$"""
            {"startUrl": "https://example.awsapps.com/start", "region": "eu-west-1", "accessToken": "{{FakeIdentity.SsoToken}}",
             "expiresAt": "{{TimeProvider.System.GetUtcNow() + expiresIn:yyyy-MM-ddTHH:mm:ssZ}}"}
            """);
        return new()
        {
            ["HOME"] = folder.At(""),
            ["AWS_CONFIG_FILE"] = folder.Write(
                "config",
                "[profile person]\nsso_account_id = 123456789012\nsso_role_name = metrics\nregion = eu-west-1\n"
                + "sso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n"),
            ["AWS_PROFILE"] = "person",
            ["AWS_ENDPOINT_URL_SSO"] = identity.Url,
        };
    }

    private static string Keys(string profile) =>
        $"[{profile}]\naws_access_key_id = {s_keys.AccessKeyId}\naws_secret_access_key = {s_keys.SecretAccessKey}\n";
}
