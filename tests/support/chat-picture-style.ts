// How a chat looks in our pictures: like a messenger, like none in particular.

export const chatStyle = `
  body {
    display: flex;
    margin: 0;
    font: 15px/1.38 system-ui, "Noto Sans", "DejaVu Sans", sans-serif, "Noto Color Emoji";
  }
  main {
    flex: 1;
    display: flex;
    flex-direction: column;
    gap: 8px;
    padding: 20px 12px;
    background: light-dark(#dfe5ea, #0e1318);
    color: light-dark(#111318, #f3f4f6);
  }
  section {
    max-width: 82%;
    align-self: flex-start;
  }
  section.person {
    align-self: flex-end;
  }
  p {
    display: flow-root;
    margin: 0;
    padding: 7px 11px 8px;
    border-radius: 14px 14px 14px 4px;
    background: light-dark(#ffffff, #1c242d);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .person p {
    border-radius: 14px 14px 4px 14px;
    background: light-dark(#e3f6d5, #2b4c6f);
  }
  small {
    float: right;
    margin: 6px 0 0 12px;
    font-size: 11.5px;
    line-height: 1.2;
    color: light-dark(#5b6270, #9aa3b2);
  }
  code {
    font: 0.95em ui-monospace, "DejaVu Sans Mono", monospace;
  }
  u {
    color: light-dark(#1b6fb8, #7db8ef);
    text-decoration: none;
  }
  .row {
    display: flex;
    gap: 4px;
    margin-top: 4px;
  }
  .row span {
    flex: 1;
    padding: 9px 8px;
    border-radius: 9px;
    background: light-dark(#b9c6d2, #2a3642);
    font-weight: 600;
    text-align: center;
  }
  .row .primary {
    background: #2a6fb5;
    color: #ffffff;
  }
  .row .success {
    background: #0b7a4b;
    color: #ffffff;
  }
  .row .danger {
    background: #c4291c;
    color: #ffffff;
  }
  .row .disabled {
    opacity: 0.6;
  }
  i {
    font-style: normal;
    opacity: 0.7;
  }
`;
