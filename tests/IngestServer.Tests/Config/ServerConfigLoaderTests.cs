using AmpEdge.Hosting;
using AmpEdge.IngestServer.Config;
using AmpEdge.IngestServer.Tests.Support;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Config;

public sealed class ServerConfigLoaderTests
{
    [Fact]
    public void A_whole_file_is_read_into_records()
    {
        ServerConfig config = Valid(
            """
            region: us-west-2
            account: "123456789012"
            limits: {max_label_names_per_series: 70, max_request_size: 2MB}
            storage: {retention_time: 1d, max_head_size: 1GB, wal: {fsync: always}}
            workspaces:
              - id: ws-a
                alias: " team a "
                limits: {max_label_size: 1KB, metric_name_validation_scheme: legacy}
                storage: {retention_time: 1095d, retention_size: 5GB}
              - id: ws-b
            principals:
              - name: agent
                access_key: AKIA1
                secret_key: s3cret
                session_token: tok
                workspaces: ["ws-a"]
                actions: ["aps:RemoteWrite"]
            """);

        Assert.Equal("us-west-2", config.Region);
        Assert.Equal("arn:aws:aps:us-west-2:123456789012:workspace/ws-a", config.ArnOf("ws-a"));
        Assert.Equal(TimeSpan.FromDays(1), config.Storage.Retention.Time);
        Assert.Equal(TimeSpan.FromDays(1095), config.Workspaces[0].Retention.Time);
        Assert.Equal(5L << 30, config.Workspaces[0].Retention.Size.Bytes);
        Assert.Equal(TimeSpan.FromDays(1), config.Workspaces[1].Retention.Time);
        Assert.Equal(0, config.Workspaces[1].Retention.Size.Bytes);
        Assert.True(config.Storage.FsyncAlways);
        Assert.Equal(1L << 30, config.Storage.MaxHeadSize.Bytes);
        Assert.Equal(1L << 30, config.Storage.MaxTotalHeadSize.Bytes);
        Assert.Equal("team a", config.Workspaces[0].Alias);
        Assert.Equal(1024, config.Workspaces[0].Limits.MaxLabelBytes);
        Assert.False(config.Workspaces[0].Limits.Utf8Names);
        Assert.Equal(70, config.Workspaces[0].Limits.MaxLabelNamesPerSeries);
        Assert.Equal(2 << 20, config.Workspaces[1].Limits.MaxRequestBytes);
        Assert.Equal("arn:aws:iam::123456789012:user/agent", config.Principals[0].Arn);
        Assert.Equal("s3cret", config.Principals[0].SecretKey.Reveal());
    }

    [Fact]
    public void Master_keys_are_files_beside_the_configuration_the_newest_first()
    {
        ServerConfig config = Valid(
            """
            storage:
              encryption: {master_key_file: /keys/2027, previous_master_key_files: [/keys/2026, /keys/2025]}
            workspaces: [{id: ws-a}]
            """);

        Assert.Equal("/keys/2027", config.Storage.Encryption!.MasterKeyFile);
        Assert.Equal(["/keys/2026", "/keys/2025"], config.Storage.Encryption.PreviousMasterKeyFiles);
        Assert.Null(config.Storage.Encryption.Kms);
    }

    [Fact]
    public void A_key_of_kms_takes_over_from_a_file_and_from_other_keys()
    {
        EncryptionConfig encryption = Valid(
            """
            storage:
              encryption:
                previous_master_key_files: [/keys/2026]
                kms:
                  key_id: alias/metrics
                  previous_key_ids: [arn:aws:kms:eu-west-1:123456789012:key/old]
                  endpoint: https://vpce-1.kms.eu-west-1.vpce.amazonaws.com
                  sigv4: {region: eu-west-1, role_arn: "arn:aws:iam::123456789012:role/store", external_id: x}
            workspaces: [{id: ws-a}]
            """).Storage.Encryption!;

        Assert.Equal("", encryption.MasterKeyFile);
        Assert.Equal(["/keys/2026"], encryption.PreviousMasterKeyFiles);
        Assert.Equal("alias/metrics", encryption.Kms!.KeyId);
        Assert.Equal(["arn:aws:kms:eu-west-1:123456789012:key/old"], encryption.Kms.PreviousKeyIds);
        Assert.Equal("vpce-1.kms.eu-west-1.vpce.amazonaws.com", encryption.Kms.Endpoint!.Host);
        Assert.Equal(("eu-west-1", "x"), (encryption.Kms.SigV4.Region, encryption.Kms.SigV4.ExternalId));
    }

    [Theory]
    [InlineData("{kms: {sigv4: {region: eu-west-1}}}", "storage.encryption.kms.key_id: is missing")]
    [InlineData("{previous_master_key_files: [/keys/2026]}", "storage.encryption.master_key_file: is missing")]
    [InlineData("{master_key_file: /k, kms: {key_id: a}}", "storage.encryption.master_key_file: stands beside kms.key_id")]
    [InlineData("{kms: {key_id: a, endpoint: nowhere}}", "storage.encryption.kms.endpoint: URL scheme must be")]
    [InlineData("{kms: {key_id: a, sigv4: {access_key: AKIDEXAMPLE}}}", "storage.encryption.kms.sigv4.access_key: must provide")]
    public void What_cannot_be_a_master_key_is_named_with_its_place(string encryption, string problem) => Assert.Contains(
        problem,
        string.Join('\n', ServerConfigLoader.Parse("server.yml", $"storage: {{encryption: {encryption}}}\nworkspaces: [{{id: ws-a}}]").Problems),
        StringComparison.Ordinal);

    [Fact]
    public void Secrets_do_not_appear_when_a_configuration_is_printed()
    {
        string printed = Valid(TestServer.Config).Principals[0].ToString();
        Assert.Contains("AKIAADMIN", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("admin-secret", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_may_stand_in_a_file_beside_the_configuration()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ampedge-config-");
        File.WriteAllText(Path.Combine(folder.FullName, "key"), "from-file\n");
        ConfigResult<ServerConfig> result = ServerConfigLoader.Parse(
            Path.Combine(folder.FullName, "server.yml"),
            "principals: [{name: a, access_key: K, secret_key_file: key, actions: ['*']}]");
        folder.Delete(recursive: true);
        Assert.Equal("from-file", result.Config?.Principals[0].SecretKey.Reveal());
    }

    [Fact]
    public void All_problems_are_reported_at_once_with_their_places()
    {
        ConfigResult<ServerConfig> result = ServerConfigLoader.Parse(
            "server.yml",
            """
            region: "Frankfurt am Main"
            account: 12
            colour: red
            workspaces:
              - id: ../etc
              - id: ws-a
              - id: ws-a
                limits: {max_label_size: 0B, out_of_order_time_window: 25h, max_native_histogram_buckets: 0}
                storage: {retention_time: 1096d, wal: {fsync: always}}
            storage: {exemplars: {max: -1}}
            principals:
              - name: x
                access_key: K
                actions: [aps:Fly]
              - access_key: K
                secret_key: s
                secret_key_file: t
            """);

        string problems = string.Join('\n', result.Problems);
        foreach (string expected in (string[])
            [
                "server.yml:1:9 region: is not a region",
                "server.yml:2:10 account: is not an account id (got '12'",
                "server.yml:3:1 colour: field colour not found",
                "server.yml:5:9 workspaces[0].id: is not a workspace id",
                "server.yml:7:9 workspaces[2].id: is used by another workspace",
                "server.yml:8:30 workspaces[2].limits.max_label_size: is out of range (got '0B'",
                "workspaces[2].limits.out_of_order_time_window: is too long (got '1d1h'",
                "workspaces[2].limits.max_native_histogram_buckets: ",
                "storage.exemplars.max: ",
                "server.yml:9:31 workspaces[2].storage.retention_time: is out of range (got '1096d', allowed: from 1d to 1095d)",
                "server.yml:9:38 workspaces[2].storage.wal: field wal not found",
                "server.yml:12:5 principals[0].secret_key: is missing",
                "principals[0].actions: holds an action that does not exist (got 'aps:Fly'",
                "principals[1].name: is missing",
                "principals[1].access_key: is used by another principal",
                "principals[1].secret_key_file: is given besides secret_key",
                "principals[1].actions: allows nothing",
            ])
        {
            Assert.Contains(expected, problems, StringComparison.Ordinal);
        }
    }

    private static ServerConfig Valid(string yaml)
    {
        ConfigResult<ServerConfig> result = ServerConfigLoader.Parse("server.yml", yaml);
        Assert.True(result.IsValid, string.Join('\n', result.Problems));
        return result.Config;
    }
}
