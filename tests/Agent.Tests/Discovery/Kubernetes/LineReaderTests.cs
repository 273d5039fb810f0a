using System.Text;
using AmpEdge.Agent.Discovery.Kubernetes;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery.Kubernetes;

public sealed class LineReaderTests
{
    [Fact]
    public async Task A_recorded_watch_gives_the_same_lines_byte_by_byte_and_in_any_other_pieces()
    {
        byte[] bytes = await File.ReadAllBytesAsync(Oracle.Locate("kubernetes/watch/watch-pods.ndjson"));
        string[] expected = Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Gen gen = Gen.Create(20);

        Assert.Equal(expected, await LinesAsync(bytes, static () => 1));
        for (int round = 0; round < 20; round++)
        {
            int max = gen.Pick(2, 10, 1000, 100_000);
            List<string> lines = await LinesAsync(bytes, () => gen.Int(1, max));
            Assert.True(expected.AsSpan().SequenceEqual(lines.ToArray()), gen.ToString());
        }
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("\n", new[] { "" })]
    [InlineData("a\n\nb\n", new[] { "a", "", "b" })]
    [InlineData("a\nhalf", new[] { "a" })]
    public async Task What_follows_the_last_line_end_is_thrown_away(string text, string[] expected) =>
        Assert.Equal(expected, await LinesAsync(Encoding.UTF8.GetBytes(text), static () => 1));

    [Fact]
    public async Task A_line_beyond_the_limit_is_refused()
    {
        using LineReader reader = new(new ChoppedStream(new byte[300_000], static () => 4096), 65_536);

        await Assert.ThrowsAsync<KubernetesException>(async () => await reader.ReadAsync(CancellationToken.None));
    }

    private static async Task<List<string>> LinesAsync(byte[] bytes, Func<int> nextSize)
    {
        List<string> lines = [];
        using LineReader reader = new(new ChoppedStream(bytes, nextSize), 1 << 20);
        while (await reader.ReadAsync(CancellationToken.None) is { } line)
        {
            lines.Add(Encoding.UTF8.GetString(line.Span));
        }

        return lines;
    }
}
