using System.Buffers;

namespace AmpEdge.Hosting;

/// <summary>Formats entries and writes them whole, one at a time.</summary>
internal sealed class LineSink
{
    private readonly Lock _outputLock = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Stream _output;
    private readonly ILineFormatter _formatter;
    private readonly TimeProvider _time;

    public LineSink(Stream output, ILineFormatter formatter, TimeProvider time)
    {
        _output = output;
        _formatter = formatter;
        _time = time;
    }

    public void Write(in LogLine line)
    {
        lock (_outputLock)
        {
            _buffer.ResetWrittenCount();
            _formatter.Format(line, _time.GetUtcNow(), _buffer);
            _output.Write(_buffer.WrittenSpan);
            _output.Flush();
        }
    }
}
