// `npm start` and `bun start`: makes the clone ready, then becomes the hub.
import './setup.mjs'

await import('../hub/dist/main.js')
