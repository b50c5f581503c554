/* Buckets, objects, and one object with its generations. */

import { h } from "./dom.js";
import { bytes, number } from "./format.js";
import { ago, bearer, box, choice, empty, facts, heading, json, link, pager, pointing, table, to } from "./parts.js";

export const buckets = {
  title: () => "Storage",
  urls: () => ["buckets"],
  render(summary, asked, found) {
    // The samples' bucket is always there, and another project's.
    const own = found.buckets.some((bucket) => bucket.project === summary.project);
    return [heading("Storage"), table(
      "Buckets",
      [{ title: "Bucket" }, { title: "Objects", kind: "right" }, { title: "Size", kind: "right" }, { title: "Location", kind: "wide" }, { title: "Made", kind: "wide" }],
      found.buckets.map((bucket) => ({
        key: bucket.name,
        cells: [
          [link(bucket.name, "objects", { bucket: bucket.name }, { class: "name" }), bucket.versioned ? h("span", { class: "tag" }, "versions kept") : ""],
          [number(bucket.objects), bucket.more ? " and more" : ""],
          [bytes(bucket.bytes), bucket.more ? " and more" : ""],
          bucket.location.toLowerCase(),
          ago(bucket.created),
        ],
      })),
    ), own ? "" : empty(
      `No bucket of ${summary.project} yet`,
      "Make one with any Google client, from a terminal in which you have run the first of these:",
      pointing(summary),
      `curl -X POST -H "${bearer(summary)}" -H 'Content-Type: application/json' \\\n  -d '{"name": "my-bucket"}' 'https://storage.googleapis.com/storage/v1/b?project=${summary.project}'`,
    )];
  },
};

export const objects = {
  title: (asked) => asked.bucket,
  under: "buckets",
  urls: (asked) => [`objects?${new URLSearchParams(asked)}`],
  key: (asked) => `${asked.bucket}/${asked.prefix ?? ""}`,
  render(summary, asked, found) {
    const here = { bucket: found.bucket, prefix: found.prefix };
    return [
      heading(found.bucket, found.versioned || asked.versions ? choice("Which generations", [
        { text: "Live objects", href: to("objects", here), chosen: !asked.versions },
        { text: "All generations", href: to("objects", { ...here, versions: "1" }), chosen: Boolean(asked.versions) },
      ]) : ""),
      trail(found.bucket, found.prefix),
      found.prefixes.length + found.objects.length ? table(
        `Objects under ${found.prefix || found.bucket}`,
        [{ title: "Name" }, { title: "Size", kind: "right" }, { title: "Type", kind: "wide" }, { title: "Generation", kind: "wide" }, { title: "Updated", kind: "wide" }],
        [
          ...found.prefixes.map((prefix) => ({
            key: `p${prefix}`,
            cells: [link(prefix.slice(found.prefix.length), "objects", { ...here, prefix, versions: asked.versions }, { class: "name folder" }), "", "", "", ""],
          })),
          ...found.objects.map((object) => ({
            key: `${object.name}#${object.generation}`,
            cells: [
              [link(object.name.slice(found.prefix.length) || object.name, "object", { bucket: found.bucket, name: object.name, generation: asked.versions ? object.generation : "" }, { class: "name" }), object.live ? "" : h("span", { class: "tag" }, "not live")],
              bytes(object.size),
              object.contentType,
              h("span", { class: "figure" }, object.generation),
              ago(object.updated),
            ],
          })),
        ],
      ) : empty(
        "Nothing is here",
        found.prefix ? "No object's name begins with this prefix." : "The bucket is empty. Put something into it, from a terminal that is pointed at this cloud:",
        ...(found.prefix ? [] : [`curl -X POST -H "${bearer(summary)}" -T my.file \\\n  'https://storage.googleapis.com/upload/storage/v1/b/${found.bucket}/o?uploadType=media&name=my.file'`]),
      ),
      pager("objects", asked, found.next),
    ];
  },
};

/** The folders on the way to a name, each a link. */
function trail(bucket, prefix, { within = false } = {}) {
  const parts = prefix.split("/");
  const folders = parts.slice(0, -1).map((part, place) => [part, `${parts.slice(0, place + 1).join("/")}/`]);
  return h("nav", { class: "trail", "aria-label": "Folders" }, h(
    "ol",
    {},
    h("li", {}, link("Buckets", "buckets")),
    h("li", {}, folders.length || within ? link(bucket, "objects", { bucket }) : h("span", { "aria-current": "page" }, bucket)),
    folders.map(([part, path], place) => h("li", {}, place === folders.length - 1 && !within
      ? h("span", { "aria-current": "page" }, part)
      : link(part, "objects", { bucket, prefix: path }))),
  ));
}

export const object = {
  title: (asked) => asked.name,
  under: "buckets",
  urls: (asked) => [`object?${new URLSearchParams(asked)}`],
  key: (asked) => `${asked.bucket}/${asked.name}#${asked.generation ?? ""}`,
  render(summary, asked, found) {
    const folder = found.name.slice(0, found.name.lastIndexOf("/") + 1);
    const { generation } = found;
    const download = `/admin/state/download?${new URLSearchParams({ bucket: found.bucket, name: found.name, generation })}`;
    return [
      heading(found.name.slice(folder.length) || found.name, h("a", { class: "button", href: download, download: true }, "Download")),
      trail(found.bucket, folder, { within: true }),
      facts([
        ["URI", h("code", {}, `gs://${found.bucket}/${found.name}`)],
        ["Size", `${bytes(found.size)} (${number(found.size)} bytes)`],
        ["Type", found.contentType],
        ["Generation", [h("code", {}, generation), found.live ? "" : h("span", { class: "tag" }, "not live")]],
        ["Metageneration", found.metageneration],
        ["Made", ago(found.created)],
        ["Updated", found.updated === found.created ? "" : ago(found.updated)],
        ["Metadata", found.resource.metadata ? JSON.stringify(found.resource.metadata) : ""],
      ]),
      preview(found.preview),
      found.generations.length > 1 ? [h("h2", {}, "Generations"), table(
        "Generations, the newest first",
        [{ title: "Generation" }, { title: "Size", kind: "right" }, { title: "Made" }, { title: "State" }],
        found.generations.map((each) => ({
          key: each.generation,
          cells: [
            link(each.generation, "object", { bucket: found.bucket, name: found.name, generation: each.generation }, { class: "name figure" }),
            bytes(each.size),
            ago(each.created),
            each.live ? "live" : "not live",
          ],
        })),
      )] : "",
      h("h2", {}, "As the API shows it"),
      json("The object's resource", found.resource),
    ];
  },
};

function preview({ text, whole }) {
  if (text === null) return h("p", { class: "dim" }, "This is no plain text, so there is no preview: download it.");
  if (text === "") return h("p", { class: "dim" }, "It has no bytes.");
  return [
    h("h2", {}, whole ? "Content" : "The first 64 kB"),
    box("The object's content", text),
  ];
}
