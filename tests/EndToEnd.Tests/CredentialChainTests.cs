using System.Security.Cryptography;
using System.Text;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>Each way in which a process is given AWS credentials, in a process of its own: EC2 sees whose key signs.</summary>
public sealed class CredentialChainTests
{
    private static readonly AwsCredentials s_fileKey = new("AKIDFILE", "file-secret");

    [Fact]
    public Task Environment_variables() => SignsAsync(
        FakeIdentity.Session,
        static (_, _) => new()
        {
            ["AWS_ACCESS_KEY_ID"] = FakeIdentity.Session.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = FakeIdentity.Session.SecretAccessKey,
            ["AWS_SESSION_TOKEN"] = FakeIdentity.Session.SessionToken!,
        });

    [Fact]
    public Task A_profile_of_the_shared_files() => SignsAsync(
        s_fileKey,
        static (folder, _) => new()
        {
            ["AWS_SHARED_CREDENTIALS_FILE"] = folder.Write("credentials", Keys("metrics")),
            ["AWS_PROFILE"] = "metrics",
        });

    [Fact]
    public Task A_profile_that_the_configuration_names() => SignsAsync(
        s_fileKey,
        static (folder, _) => new() { ["AWS_SHARED_CREDENTIALS_FILE"] = folder.Write("credentials", Keys("other")) },
        "profile: other");

    [Fact]
    public Task A_profile_whose_role_is_assumed_with_another_profile() => SignsAsync(
        FakeIdentity.Session,
        static (folder, identity) => new()
        {
            ["AWS_SHARED_CREDENTIALS_FILE"] = folder.Write("credentials", Keys("base")),
            ["AWS_CONFIG_FILE"] = folder.Write(
                "config",
                "[profile chained]\nrole_arn = arn:aws:iam::123456789012:role/metrics\nsource_profile = base\nregion = eu-west-1\n"),
            ["AWS_PROFILE"] = "chained",
            ["AWS_ENDPOINT_URL_STS"] = identity.Url,
            ["AWS_REGION"] = FakeAws.Region,
        },
        asked: "Credential=AKIDFILE/");

    [Fact]
    public Task A_role_that_the_configuration_names() => SignsAsync(
        FakeIdentity.Session,
        static (folder, identity) => new()
        {
            ["AWS_SHARED_CREDENTIALS_FILE"] = folder.Write("credentials", Keys("default")),
            ["AWS_ENDPOINT_URL_STS"] = identity.Url,
            ["AWS_REGION"] = FakeAws.Region,
        },
        "role_arn: \"arn:aws:iam::123456789012:role/discovery\", external_id: partner-7",
        asked: "ExternalId=partner-7");

    [Fact]
    public Task A_process_that_prints_them() => SignsAsync(
        FakeIdentity.Session,
        static (folder, _) => new() { ["AWS_CONFIG_FILE"] = FakeIdentity.WriteProcessProfile(folder) });

    [Fact]
    public Task Web_identity_of_a_service_account() => SignsAsync(
        FakeIdentity.Session,
        static (folder, identity) => new()
        {
            ["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder.Write("token", "the-service-account-token"),
            ["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/irsa",
            ["AWS_ROLE_SESSION_NAME"] = "agent",
            ["AWS_ENDPOINT_URL_STS"] = identity.Url,
            ["AWS_REGION"] = FakeAws.Region,
        },
        asked: "WebIdentityToken=the-service-account-token");

    [Fact]
    public Task Pod_identity_and_containers_of_ecs() => SignsAsync(
        FakeIdentity.Session,
        static (folder, identity) => new()
        {
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = identity.Url + "/v1/credentials",
            ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = folder.Write("token", "pod-identity-token"),
        });

    /// <summary>The address is the same in every ECS task, 169.254.170.2; a proxy of the process leads it to the stand-in.</summary>
    [Fact]
    public Task The_relative_address_of_an_ecs_task() => SignsAsync(
        FakeIdentity.Session,
        static (_, identity) => new()
        {
            ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = FakeIdentity.RelativeUri,
            ["http_proxy"] = identity.Url,
            ["no_proxy"] = "127.0.0.1",
        },
        asked: "http://169.254.170.2" + FakeIdentity.RelativeUri);

    [Theory]
    [InlineData("sso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n", "", "https://example.awsapps.com/start")]
    [InlineData(
        "sso_session = work\n",
        "[sso-session work]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n",
        "work")]
    public Task A_person_who_signed_in_by_sso(string profile, string session, string cacheKey) => SignsAsync(
        FakeIdentity.Session,
        (folder, identity) =>
        {
#pragma warning disable CA5350 // It names the file, as the AWS CLI does; nothing is kept safe by it.
            string name = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(cacheKey)));
#pragma warning restore CA5350
            folder.Write(
                $".aws/sso/cache/{name}.json",
                $$"""
                {"startUrl": "https://example.awsapps.com/start", "region": "eu-west-1", "accessToken": "{{FakeIdentity.SsoToken}}",
                 "expiresAt": "{{TimeProvider.System.GetUtcNow().AddHours(1):yyyy-MM-ddTHH:mm:ssZ}}"}
                """);
            return new()
            {
                ["HOME"] = folder.At(""),
                ["AWS_CONFIG_FILE"] = folder.Write(
                    "config",
                    $"[profile person]\nsso_account_id = 123456789012\nsso_role_name = metrics\nregion = eu-west-1\n{profile}\n{session}"),
                ["AWS_PROFILE"] = "person",
                ["AWS_ENDPOINT_URL_SSO"] = identity.Url,
                ["AWS_REGION"] = FakeAws.Region,
            };
        },
        asked: "/federation/credentials?");

    [Fact]
    public Task The_instance_metadata_service() => SignsAsync(
        FakeIdentity.Session,
        static (_, identity) => new()
        {
            ["AWS_EC2_METADATA_DISABLED"] = "false",
            ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = identity.Url,
        });

    /// <summary>Runs an agent whose EC2 discovery signs with whatever its surroundings give it.</summary>
    private static async Task SignsAsync(
        AwsCredentials expected,
        Func<WorkingFolder, FakeIdentity, Dictionary<string, string>> surroundings,
        string settings = "",
        string? asked = null)
    {
        using WorkingFolder folder = new();
        await using FakeIdentity identity = new();
        await using FakeAws aws = new(TimeProvider.System);
        aws.Trust(expected);
        string config = $$"""
            scrape_configs:
              - job_name: ec2
                ec2_sd_configs:
                  - {endpoint: "{{aws.Url.OriginalString}}", region: {{FakeAws.Region}}, refresh_interval: 1s{{(settings.Length > 0 ? ", " + settings : "")}}}
            """;
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, config, surroundings(folder, identity));

        await Eventually.TrueAsync(
            () => Task.FromResult(!aws.Requests.IsEmpty),
            () => agent.Describe(
                $"no request with a good signature came; bad ones: {string.Join("; ", aws.BadSignatures)}; "
                + $"asked for credentials: {string.Join("; ", identity.Requests)}"));
        Assert.True(aws.Requests.TryPeek(out FakeAwsRequest? first));
        Assert.Equal(expected.AccessKeyId, first.AccessKeyId);
        Assert.Empty(aws.BadSignatures);
        Assert.True(asked is null || string.Join('\n', identity.Requests).Contains(asked, StringComparison.Ordinal), string.Join('\n', identity.Requests));
        Assert.DoesNotContain(expected.SecretAccessKey, agent.Output, StringComparison.Ordinal);
    }

    private static string Keys(string profile) =>
        $"[{profile}]\naws_access_key_id = {s_fileKey.AccessKeyId}\naws_secret_access_key = {s_fileKey.SecretAccessKey}\n";
}
