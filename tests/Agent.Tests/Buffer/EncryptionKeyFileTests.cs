using AmpEdge.Agent.Buffer;
using Xunit;

namespace AmpEdge.Agent.Tests.Buffer;

public sealed class EncryptionKeyFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F\n")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n")]
    [InlineData("exactly thirty-two bytes as key!")]
    public void A_key_may_be_bytes_hexadecimal_or_base64(string content)
    {
        File.WriteAllText(_path, content);

        Assert.NotNull(EncryptionKeyFile.Read(_path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("too short")]
    [InlineData("zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    [InlineData("this is no base64 at all, but it is exactly.")]
    public void What_is_no_key_is_refused_with_what_is_allowed(string content)
    {
        File.WriteAllText(_path, content);

        IOException refused = Assert.Throws<IOException>(() => EncryptionKeyFile.Read(_path));
        Assert.Contains("64 hexadecimal digits", refused.Message, StringComparison.Ordinal);
        Assert.True(content.Length == 0 || !refused.Message.Contains(content, StringComparison.Ordinal));
    }
}
