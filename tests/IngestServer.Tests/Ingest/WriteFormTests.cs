using AmpEdge.IngestServer.Ingest;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Ingest;

public sealed class WriteFormTests
{
    [Theory]
    [InlineData("application/x-protobuf", "snappy", WriteProtocol.V1)]
    [InlineData("application/x-protobuf;proto=prometheus.WriteRequest", "snappy", WriteProtocol.V1)]
    [InlineData("application/x-protobuf; proto=prometheus.WriteRequest; charset=x", "snappy", WriteProtocol.V1)]
    [InlineData(null, "snappy", WriteProtocol.V1)]
    [InlineData("application/x-protobuf", null, WriteProtocol.V1)]
    [InlineData(null, null, WriteProtocol.V1)]
    [InlineData("application/x-protobuf;proto=io.prometheus.write.v2.Request", "snappy", WriteProtocol.V2)]
    [InlineData("application/x-protobuf; proto=\"io.prometheus.write.v2.Request\"", "snappy", WriteProtocol.V2)]
    public void The_content_type_says_which_message_it_is_and_without_one_it_is_version_1(
        string? contentType, string? encoding, WriteProtocol expected)
    {
        Assert.Null(WriteForm.Refuse(contentType, encoding, out WriteProtocol protocol));
        Assert.Equal(expected, protocol);
    }

    [Theory]
    [InlineData("application/json", "snappy", "expected application/x-protobuf as the first (media) part, got application/json content-type")]
    [InlineData("application/x-protobuf", "gzip", "gzip encoding (compression) is not accepted by this server; only snappy is acceptable")]
    [InlineData("application/x-protobuf;proto=io.prometheus.write.v2.Request", "zstd", "zstd encoding (compression) is not accepted by this server; only snappy is acceptable")]
    [InlineData("application/x-protobuf;proto=foo.Bar", "snappy", "got application/x-protobuf;proto=foo.Bar content type; unknown remote write protobuf message foo.Bar, supported: prometheus.WriteRequest, io.prometheus.write.v2.Request")]
    public void Anything_else_is_refused_with_its_name(string? contentType, string? encoding, string expected) =>
        Assert.Equal(expected, WriteForm.Refuse(contentType, encoding, out _));
}
