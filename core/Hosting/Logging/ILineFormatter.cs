using System.Buffers;

namespace AmpEdge.Hosting;

/// <summary>Turns an entry into one line, its newline included.</summary>
internal interface ILineFormatter
{
    void Format(in LogLine line, DateTimeOffset time, ArrayBufferWriter<byte> output);
}
