using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>The body of an answer on its way to the caller; owns the stream that it reads.</summary>
internal abstract class AnswerStream(Stream inner) : ReadOnceStream
{
    protected Stream Inner { get; } = inner;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
