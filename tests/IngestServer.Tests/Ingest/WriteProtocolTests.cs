using AmpEdge.IngestServer.Ingest;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Ingest;

public sealed class WriteProtocolTests
{
    [Theory]
    [InlineData("application/x-protobuf", "snappy")]
    [InlineData("application/x-protobuf;proto=prometheus.WriteRequest", "snappy")]
    [InlineData("application/x-protobuf; proto=prometheus.WriteRequest; charset=x", "snappy")]
    [InlineData(null, "snappy")]
    [InlineData("application/x-protobuf", null)]
    [InlineData(null, null)]
    public void Version_1_in_snappy_is_taken_also_when_the_headers_are_missing(string? contentType, string? encoding) =>
        Assert.Null(WriteProtocol.Refuse(contentType, encoding));

    [Theory]
    [InlineData("application/json", "snappy", "expected application/x-protobuf as the first (media) part, got application/json content-type")]
    [InlineData("application/x-protobuf", "gzip", "gzip encoding (compression) is not accepted by this server; only snappy is acceptable")]
    [InlineData("application/x-protobuf;proto=foo.Bar", "snappy", "got application/x-protobuf;proto=foo.Bar content type; unknown remote write protobuf message foo.Bar, supported: prometheus.WriteRequest")]
    [InlineData("application/x-protobuf;proto=io.prometheus.write.v2.Request", "snappy", "remote write protobuf message io.prometheus.write.v2.Request is not accepted by this server; supported: prometheus.WriteRequest")]
    public void Anything_else_is_refused_with_its_name(string? contentType, string? encoding, string expected) =>
        Assert.Equal(expected, WriteProtocol.Refuse(contentType, encoding));
}
