using System.Globalization;
using System.Net;
using System.Text;

namespace AmpEdge.Hosting;

/// <summary>Builds a page of a program: one file, its style inside, no script, nothing from elsewhere.</summary>
public sealed class PageWriter
{
    private const string Style =
        """
        :root{color-scheme:light dark;--ink:#1c2330;--dim:#5b6577;--line:#dde2ea;--paper:#fff;--soft:#f4f6f9;
        --good:#14804a;--bad:#c0312b;--wait:#8a6d00;--link:#1f5fbf}
        @media(prefers-color-scheme:dark){:root{--ink:#e4e8ef;--dim:#98a2b3;--line:#313947;--paper:#151a22;--soft:#1e2530;
        --good:#4cc38a;--bad:#ff7b72;--wait:#e0b341;--link:#7ab0ff}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:14px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
        header{display:flex;gap:1.5rem;align-items:baseline;padding:.8rem 1.5rem;border-bottom:1px solid var(--line);
        background:var(--soft)}
        header strong{font-size:1.05rem}
        nav{display:flex;gap:1rem;flex-wrap:wrap}
        a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
        nav a.here{color:var(--ink);font-weight:600}
        main{padding:1rem 1.5rem 3rem;max-width:1500px}
        h1{font-size:1.35rem;margin:.3rem 0 .8rem}h2{font-size:1.05rem;margin:1.6rem 0 .5rem}
        h2 small{font-weight:400;color:var(--dim);margin-left:.5rem}
        table{width:100%;border-collapse:collapse}
        th{font-weight:600;text-align:left;color:var(--dim);font-size:.82rem}
        th,td{padding:.4rem .7rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:top}
        td.number,th.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
        .scroll{overflow-x:auto}summary{overflow-wrap:anywhere;min-width:9rem;cursor:pointer}
        .label{display:inline-block;background:var(--soft);border:1px solid var(--line);border-radius:.3rem;
        padding:0 .35rem;margin:0 .25rem .2rem 0;font:12px/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
        .state{font-weight:600}.up{color:var(--good)}.down{color:var(--bad)}.unknown{color:var(--wait)}
        .error{color:var(--bad);overflow-wrap:anywhere;max-width:36rem}
        .facts{display:flex;flex-wrap:wrap;gap:.6rem;margin:0 0 1rem}
        .fact{border:1px solid var(--line);border-radius:.5rem;padding:.5rem .9rem;min-width:9rem}
        .fact b{display:block;font-size:1.25rem}.fact span{color:var(--dim);font-size:.82rem}
        .quiet{color:var(--dim)}h3{font-size:.95rem;margin:1.1rem 0 .4rem}
        code{font:12px/1.5 ui-monospace,monospace}
        form{display:flex;flex-wrap:wrap;gap:.5rem;margin:0 0 1rem}
        input,select,button{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:.35rem;
        padding:.35rem .6rem;max-width:100%}
        input:not([type=hidden]){flex:1 1 16rem;min-width:0}button{background:var(--soft);cursor:pointer}
        .steps,.series{padding-left:1.6rem;margin:.3rem 0}.steps li{margin:0 0 .55rem;overflow-wrap:anywhere}
        .series li{overflow-wrap:anywhere;font:12px/1.7 ui-monospace,monospace}
        .idle{opacity:.75}.new{border-color:var(--good)}.gone{border-color:var(--bad);text-decoration:line-through}
        table.plain th{white-space:nowrap;width:1%;padding-right:1.5rem;color:var(--ink);font-weight:400;font-size:inherit}
        table.plain td{overflow-wrap:anywhere}
        @media(max-width:700px){header{flex-direction:column;gap:.3rem;padding:.7rem 1rem}nav{gap:.2rem .9rem}
        main{padding:.6rem 1rem 2rem}.facts{display:grid;grid-template-columns:1fr 1fr}.fact{min-width:0}
        table.cards thead{display:none}
        table.cards tr,table.plain tr{display:block;padding:.45rem 0;border-bottom:1px solid var(--line)}
        table.cards td,table.plain td,table.plain th{display:block;width:auto;padding:.1rem 0;border:0;text-align:left;
        white-space:normal;overflow-wrap:anywhere}
        table.plain th{color:var(--dim)}table.cards td:empty{display:none}
        table.cards td[data-name]::before{content:attr(data-name) " ";color:var(--dim)}}
        pre{background:var(--soft);border:1px solid var(--line);border-radius:.5rem;padding:1rem;overflow-x:auto;
        font:13px/1.5 ui-monospace,monospace}
        """;

    private readonly StringBuilder _html = new();

    /// <param name="site">The program and its pages.</param>
    /// <param name="path">The page's own path, to mark it in the navigation.</param>
    /// <param name="title">The heading.</param>
    /// <param name="folder">How the page, by its own place, names the folder that all links begin at: they hold under any prefix.</param>
    public PageWriter(PageSite site, string path, string title, string folder = "./")
    {
        _html.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><base href=\"").Append(folder)
            .Append("\"><title>");
        Text($"{title} · {site.Program}");
        _html.Append("</title><link rel=\"icon\" href=\"data:,\"><style>").Append(Style)
            .Append("</style></head><body><header><strong>").Append(site.Program).Append("</strong><nav>");
        foreach ((string target, string name) in site.Pages)
        {
            _html.Append("<a href=\".").Append(target).Append(target == path ? "\" class=\"here\">" : "\">")
                .Append(name).Append("</a>");
        }

        _html.Append("</nav></header><main><h1>");
        Text(title);
        _html.Append("</h1>");
    }

    /// <summary>Adds markup as it is.</summary>
    public PageWriter Markup(string markup)
    {
        _html.Append(markup);
        return this;
    }

    /// <summary>Adds text from anywhere; what means something in HTML is escaped.</summary>
    public PageWriter Text(string text)
    {
        _html.Append(WebUtility.HtmlEncode(text));
        return this;
    }

    /// <summary>A number with its name below.</summary>
    public PageWriter Fact(string value, string name, string cssClass = "") =>
        Markup($"<div class=\"fact\"><b class=\"{cssClass}\">").Text(value).Markup("</b><span>").Text(name)
            .Markup("</span></div>");

    /// <summary>A link whose address and text come from anywhere; the address is known to be a path or http.</summary>
    public PageWriter Link(string address, string text) =>
        Markup("<a href=\"").Text(address).Markup("\" rel=\"noreferrer\">").Text(text).Markup("</a>");

    public Task AnswerAsync(HttpExchange exchange, int status = 200)
    {
        _html.Append("</main></body></html>");
        exchange.SetHeader(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'");
        exchange.SetHeader("X-Content-Type-Options", "nosniff");
        exchange.SetHeader("Cache-Control", "no-store");
        return exchange.WriteAsync(status, "text/html; charset=utf-8", _html.ToString());
    }

    /// <summary>A duration as people read it: <c>3.2 ms</c>, <c>1.4 s</c>, <c>2 h 5 min</c>.</summary>
    public static string Readable(TimeSpan duration) => duration.TotalMilliseconds switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.#} ms"),
        < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.#} s"),
        < 3_600_000 => string.Create(CultureInfo.InvariantCulture, $"{duration.Minutes} min {duration.Seconds} s"),
        < 172_800_000 => string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalHours} h {duration.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalDays} d {duration.Hours} h"),
    };

    /// <summary>A size in powers of 1024: <c>1.5 MiB</c>.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.##} GiB"),
    };

    /// <summary>A count with thin groups: <c>1 234 567</c>.</summary>
    public static string Readable(long count) =>
        count.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202f');
}
