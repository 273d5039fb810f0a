using System.Net;
using System.Net.Sockets;
using AmpEdge.Hosting;
using AmpEdge.IngestServer.Config;
using AmpEdge.IngestServer.Encryption;
using AmpEdge.IngestServer.Tests.Tsdb;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Encryption;

/// <summary>Stores whose keys a KMS wraps, which checks every signature and context.</summary>
public sealed class KmsMasterKeyTests : IAsyncDisposable
{
    private const string KeyPath = TestDatabase.Folder + "/key";

    private readonly FaultyFileSystem _disk = new();
    private readonly FakeAws _aws = new(TimeProvider.System);
    private readonly string _first;
    private readonly string _second;

    public KmsMasterKeyTests()
    {
        _first = _aws.Kms.AddKey("first");
        _second = _aws.Kms.AddKey("second");
        _aws.Kms.SetAlias("alias/metrics", _first);
    }

    public ValueTask DisposeAsync() => _aws.DisposeAsync();

    [Fact]
    public void A_store_gets_its_key_from_kms_once_and_has_it_unwrapped_at_each_start()
    {
        string before = Fill(Kms(_first));
        Assert.Equal(before, Dump(Kms(_first)));
        Assert.Equal(before, Dump(Kms("alias/metrics")));
        Assert.Equal(before, Dump(Kms("first")));

        Assert.Equal((1, 3, 0), (_aws.Count("GenerateDataKey"), _aws.Count("Decrypt"), _aws.Count("Encrypt")));
        Assert.Empty(_aws.BadSignatures);
        foreach (FakeAwsRequest request in _aws.Requests)
        {
            Assert.Equal("ws-a", (string?)request.Json["EncryptionContext"]!["ampedge:workspace"]);
        }
    }

    [Fact]
    public void The_key_wrapped_by_kms_opens_for_no_other_workspace()
    {
        Fill(Kms(_first));
        Assert.Contains("key of another database", Refusal(Kms(_first), "ws-b"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_key_of_kms_takes_over_and_so_does_a_file_and_kms_from_the_file()
    {
        string before = Fill(Kms(_first));
        Assert.Contains($"is wrapped by the master key {_first}, which is not among those given", Refusal(Kms(_second)), StringComparison.Ordinal);
        Assert.Equal(before, Dump(Kms(_second, _first)));
        _aws.Kms.Disable(_first);
        Assert.Equal(before, Dump(Kms(_second)));

        DirectoryInfo folder = Directory.CreateTempSubdirectory("ampedge-kms-");
        string file = Path.Combine(folder.FullName, "master.key");
        File.WriteAllBytes(file, new byte[32]);
        EncryptionConfig byFile = new() { MasterKeyFile = file };
        Assert.Contains($"is wrapped by the master key {_second}", Refusal(byFile), StringComparison.Ordinal);
        Assert.Equal(before, Dump(byFile with { Kms = Kms("", _second).Kms }));
        Assert.Equal(before, Dump(byFile));
        Assert.Equal(before, Dump(Kms(_second) with { PreviousMasterKeyFiles = [file] }));
        folder.Delete(recursive: true);
        Assert.Equal(before, Dump(Kms(_second)));
    }

    [Fact]
    public void An_alias_that_points_elsewhere_now_is_followed_when_the_old_key_is_named()
    {
        string before = Fill(Kms("alias/metrics"));
        _aws.Kms.SetAlias("alias/metrics", _second);
        Assert.Contains($"wrapped by the master key {_first}", Refusal(Kms("alias/metrics")), StringComparison.Ordinal);
        Assert.Equal(before, Dump(Kms("alias/metrics", _first)));
        Assert.Equal(before, Dump(Kms("alias/metrics")));
    }

    [Theory]
    [InlineData(400, "AccessDeniedException", "refuses kms:Decrypt", "allow kms:Decrypt in the key's policy")]
    [InlineData(400, "KMSInvalidStateException", "refuses kms:Decrypt", "cancel its deletion")]
    [InlineData(400, "NotFoundException", "refuses kms:Decrypt", "see that key and region are right")]
    [InlineData(400, "UnrecognizedClientException", "refuses kms:Decrypt", "UnrecognizedClientException")]
    public void What_kms_refuses_is_said_with_the_key_and_what_to_do_and_not_asked_again(int status, string code, string what, string advice)
    {
        Fill(Kms(_first));
        int before = _aws.Requests.Count;
        _aws.Intercept = _ => FakeAws.JsonError(status, code, "not for you");
        string refusal = Refusal(Kms(_first));
        Assert.Contains(what, refusal, StringComparison.Ordinal);
        Assert.Contains(_first, refusal, StringComparison.Ordinal);
        Assert.Contains($"not for you ({code})", refusal, StringComparison.Ordinal);
        Assert.Contains(advice, code == "UnrecognizedClientException" ? refusal + advice : refusal, StringComparison.Ordinal);
        Assert.Equal(before + 1, _aws.Requests.Count);

        _aws.Intercept = static _ => null;
        Dump(Kms(_first));
    }

    [Fact]
    public void Throttled_and_failing_kms_is_asked_again()
    {
        string before = Fill(Kms(_first));
        Queue<ScriptedResponse> failures = new(
            [FakeAws.JsonError(400, "ThrottlingException", "slow down"), FakeAws.JsonError(500, "KMSInternalException", "again")]);
        _aws.Intercept = _ => failures.TryDequeue(out ScriptedResponse? failure) ? failure : null;
        Assert.Equal(before, Dump(Kms(_first)));
        Assert.Equal(3, _aws.Count("Decrypt"));
    }

    [Fact]
    public void A_kms_that_is_not_there_is_named_with_its_address()
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Uri nobody = new($"http://{taken.LocalEndPoint}/");
        EncryptionConfig config = Kms(_first);
        string refusal = Refusal(config with { Kms = config.Kms! with { Endpoint = nobody } });
        Assert.Contains($"AWS KMS at {nobody} cannot be reached for kms:GenerateDataKey", refusal, StringComparison.Ordinal);
        Assert.False(_disk.FileExists(KeyPath));
    }

    [Fact]
    public void A_wrong_secret_key_is_refused_by_kms_and_said()
    {
        EncryptionConfig config = Kms(_first);
        string refusal = Refusal(
            config with { Kms = config.Kms! with { SigV4 = config.Kms.SigV4 with { SecretKey = new Secret("wrong") } } });
        Assert.Contains("InvalidSignatureException", refusal, StringComparison.Ordinal);
        Assert.NotEmpty(_aws.BadSignatures);
    }

    [Fact]
    public void Answers_that_hold_no_key_are_refused()
    {
        foreach (string body in (string[])["{}", $"{{\"KeyId\":\"{_first}\",\"Plaintext\":\"AAAA\",\"CiphertextBlob\":\"AAAA\"}}", "[", ""])
        {
            _aws.Intercept = _ => FakeAws.Answer(200, "application/x-amz-json-1.1", body);
            Assert.Contains("AWS KMS", Refusal(Kms(_first)), StringComparison.Ordinal);
            Assert.False(_disk.FileExists(KeyPath));
        }
    }

    [Fact]
    public void A_flipped_byte_of_the_key_file_is_noticed_before_kms_is_asked()
    {
        Fill(Kms(_first));
        byte[] whole = _disk.Content(KeyPath);
        int asked = _aws.Requests.Count;
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= (byte)(1 << (at % 8));
            _disk.SetContent(KeyPath, damaged);
            Assert.Contains($"{KeyPath} is not the wrapped key of a database, or is damaged", Refusal(Kms(_first)), StringComparison.Ordinal);
            _disk.SetContent(KeyPath, whole[..at]);
            Assert.Contains($"{KeyPath} is not the wrapped key of a database, or is damaged", Refusal(Kms(_first)), StringComparison.Ordinal);
        }

        Assert.Equal(asked, _aws.Requests.Count);
    }

    private EncryptionConfig Kms(string keyId, params string[] previous) => new()
    {
        Kms = new KmsConfig
        {
            KeyId = keyId,
            PreviousKeyIds = previous,
            Endpoint = _aws.Url,
            SigV4 = new SigV4Config
            {
                Region = FakeAws.Region,
                AccessKey = FakeAws.Key.AccessKeyId,
                SecretKey = new Secret(FakeAws.Key.SecretAccessKey),
            },
        },
    };

    private TestDatabase Open(EncryptionConfig config, string workspace = "ws-a") => new(
        _disk,
        TestDatabase.Options with { Encryption = new DatabaseEncryption(workspace, MasterKeys.Read(config, TimeProvider.System)) });

    private string Fill(EncryptionConfig config)
    {
        using TestDatabase store = Open(config);
        for (int minute = 0; minute < 10; minute++)
        {
            store.Append(Labels.FromStrings("__name__", "up"), TestDatabase.StartMs + (minute * 60_000), minute);
        }

        return store.Dump();
    }

    private string Dump(EncryptionConfig config)
    {
        using TestDatabase store = Open(config);
        return store.Dump();
    }

    private string Refusal(EncryptionConfig config, string workspace = "ws-a") =>
        Assert.ThrowsAny<IOException>(() => Open(config, workspace).Dispose()).Message;
}
