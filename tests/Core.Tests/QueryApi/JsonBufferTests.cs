using System.Text;
using System.Text.Json;
using AmpEdge.QueryApi;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.QueryApi;

public sealed class JsonBufferTests
{
    [Theory]
    [InlineData(1700003600000, "1700003600")]
    [InlineData(1700003600500, "1700003600.500")]
    [InlineData(1700003600005, "1700003600.005")]
    [InlineData(0, "0")]
    [InlineData(-1500, "-1.500")]
    [InlineData(-1, "-0.001")]
    public void A_timestamp_prints_as_seconds_with_three_decimals_or_none(long timestampMs, string expected)
    {
        using JsonBuffer json = new();
        json.Timestamp(timestampMs);
        Assert.Equal(expected, Text(json));
    }

    [Fact]
    public void A_sample_is_its_time_and_its_value_as_a_string()
    {
        using JsonBuffer json = new();
        json.Sample(1700000000123, double.PositiveInfinity);
        Assert.Equal("[1700000000.123,\"+Inf\"]", Text(json));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_become_the_replacement_character()
    {
        using JsonBuffer json = new();
        json.String([(byte)'a', 0xFF, (byte)'b']);
        Assert.Equal("\"a\uFFFDb\"", Text(json));
    }

    [Fact]
    public void Any_text_reads_back_through_a_json_parser()
    {
        Gen gen = Gen.Create(72);
        for (int round = 0; round < 2_000; round++)
        {
            string text = gen.Text("ab\"\\\n\r\t\0\u0001\u001f\u007f/<>&'é\u2028𝄞{}[]", 40);
            text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            using JsonBuffer json = new();
            json.String(text);
            Assert.True(JsonSerializer.Deserialize<string>(json.Written.Span) == text, $"{text}, {gen}");
        }
    }

    [Fact]
    public void A_text_longer_than_the_first_array_is_kept_whole()
    {
        using JsonBuffer json = new();
        string text = new('x', 200_000);
        json.String(text);
        Assert.Equal(text.Length + 2, json.Length);
    }

    private static string Text(JsonBuffer json) => Encoding.UTF8.GetString(json.Written.Span);
}
