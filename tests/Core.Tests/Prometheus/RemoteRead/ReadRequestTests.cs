using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.RemoteRead;

public sealed class ReadRequestTests
{
    /// <summary>Two queries, one with hints (step, function, start, end), and both forms of answer.</summary>
    private static readonly byte[] s_whole = Convert.FromHexString(
        "0A2A" + "0801" + "1064" + "1A0A" + "0802" + "120161" + "1A03622E2A" + "1A08" + "0800" + "120163" + "1A0164"
        + "220E" + "080F" + "120472617465" + "1805" + "2050" + "3805"
        + "0A00" + "12020100");

    [Fact]
    public void Queries_matchers_hints_and_accepted_forms_are_read()
    {
        Assert.True(ReadRequest.TryParse(s_whole, out ReadRequest? request, out _));
        Assert.Equal(2, request.Queries.Count);
        ReadQuery query = request.Queries[0];
        Assert.Equal((5L, 80L, "rate"), (query.StartMs, query.EndMs, query.Function));
        Assert.Equal(
            [new Matcher(MatcherType.Regex, "a", "b.*"), new Matcher(MatcherType.Equal, "c", "d")], query.Matchers);
        Assert.Equal(ReadResponseType.StreamedXorChunks, request.Negotiate());
        Assert.Equal((0L, 0L, 0), (request.Queries[1].StartMs, request.Queries[1].EndMs, request.Queries[1].Matchers.Count));
    }

    [Theory]
    [InlineData("", ReadResponseType.Samples)]
    [InlineData("1000", ReadResponseType.Samples)]
    [InlineData("10071001", ReadResponseType.StreamedXorChunks)]
    [InlineData("1007", null)]
    public void The_first_form_that_is_known_is_taken(string message, ReadResponseType? expected)
    {
        Assert.True(ReadRequest.TryParse(Convert.FromHexString(message), out ReadRequest? request, out _));
        Assert.Equal(expected, request.Negotiate());
    }

    [Fact]
    public void Bytes_that_are_no_request_are_refused_with_a_reason()
    {
        Gen gen = Gen.Create(83);
        for (int run = 0; run < 20_000; run++)
        {
            bool parsed = ReadRequest.TryParse(gen.Mutate(s_whole), out ReadRequest? request, out string? problem);
            Assert.True(parsed ? request is not null && problem is null : request is null && problem?.Length > 0, $"{gen}");
        }

        for (int length = 0; length < s_whole.Length; length++)
        {
            bool parsed = ReadRequest.TryParse(s_whole.AsSpan(0, length), out ReadRequest? cut, out _);
            Assert.Equal(parsed, cut is not null);
        }
    }
}
