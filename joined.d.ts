// What a script has around it where its parts are joined, for the checker of types alone.

declare const PARTS: Omit<import("./companion/live/connection.js").Parts, "folder">;
declare const connection: typeof import("./companion/live/connection.js").connection;
declare const panel: typeof import("./companion/live/panel.js").panel;
declare const draw: () => void;

interface Window {
  insideBert?: { draw: () => void };
  insideBertBlock?: (name: string, text: string) => void;
  insideBertModel?: import("./companion/live/connection.js").Connection;
}
